import { createRootRoute, createRoute, createRouter, lazyRouteComponent, Outlet } from '@tanstack/react-router';
import { BrokenPage } from '../pages/broken.tsx';
import { NotFoundPage } from '../pages/not-found.tsx';
import { OverviewPage } from '../pages/overview.tsx';
import { Shell } from './shell.tsx';
import { base } from '../lib/base.ts';

/** Filters and tabs live in the address; each page reads what it knows and leaves the rest. */
const search = (given: Record<string, unknown>): Record<string, unknown> => given;

const root = createRootRoute({ component: Outlet, notFoundComponent: NotFoundPage, validateSearch: search });
const shell = createRoute({ getParentRoute: () => root, id: 'shell', component: Shell });

const setup = createRoute({
  getParentRoute: () => root,
  path: '/setup',
  component: lazyRouteComponent(() => import('../pages/setup.tsx'), 'SetupPage'),
});
const signIn = createRoute({
  getParentRoute: () => root,
  path: '/sign-in',
  component: lazyRouteComponent(() => import('../pages/sign-in.tsx'), 'SignInPage'),
});
const signInReturn = createRoute({
  getParentRoute: () => root,
  path: '/sign-in/$provider',
  component: lazyRouteComponent(() => import('../pages/sign-in-return.tsx'), 'SignInReturnPage'),
});
const invitation = createRoute({
  getParentRoute: () => root,
  path: '/invitation',
  component: lazyRouteComponent(() => import('../pages/invitation.tsx'), 'InvitationPage'),
});
const overview = createRoute({ getParentRoute: () => shell, path: '/', component: OverviewPage });
const jobs = createRoute({
  getParentRoute: () => shell,
  path: '/jobs',
  component: lazyRouteComponent(() => import('../pages/jobs.tsx'), 'JobsPage'),
});
const newJob = createRoute({
  getParentRoute: () => shell,
  path: '/jobs/new',
  component: lazyRouteComponent(() => import('../pages/job-editor.tsx'), 'JobEditorPage'),
});
const job = createRoute({
  getParentRoute: () => shell,
  path: '/jobs/$id',
  component: lazyRouteComponent(() => import('../pages/job.tsx'), 'JobPage'),
});
const editJob = createRoute({
  getParentRoute: () => shell,
  path: '/jobs/$id/edit',
  component: lazyRouteComponent(() => import('../pages/job-editor.tsx'), 'JobEditorPage'),
});
const runs = createRoute({
  getParentRoute: () => shell,
  path: '/runs',
  component: lazyRouteComponent(() => import('../pages/runs.tsx'), 'RunsPage'),
});
const run = createRoute({
  getParentRoute: () => shell,
  path: '/runs/$id',
  component: lazyRouteComponent(() => import('../pages/run.tsx'), 'RunPage'),
});
const attention = createRoute({
  getParentRoute: () => shell,
  path: '/attention',
  component: lazyRouteComponent(() => import('../pages/attention.tsx'), 'AttentionPage'),
});
const inbox = createRoute({
  getParentRoute: () => shell,
  path: '/inbox',
  component: lazyRouteComponent(() => import('../pages/inbox.tsx'), 'InboxPage'),
});
const timeline = createRoute({
  getParentRoute: () => shell,
  path: '/timeline',
  component: lazyRouteComponent(() => import('../pages/timeline.tsx'), 'TimelinePage'),
});
const graph = createRoute({
  getParentRoute: () => shell,
  path: '/graph',
  component: lazyRouteComponent(() => import('../pages/graph.tsx'), 'GraphPage'),
});
const calendars = createRoute({
  getParentRoute: () => shell,
  path: '/calendars',
  component: lazyRouteComponent(() => import('../pages/calendars.tsx'), 'CalendarsPage'),
});
const newCalendar = createRoute({
  getParentRoute: () => shell,
  path: '/calendars/new',
  component: lazyRouteComponent(() => import('../pages/calendar.tsx'), 'CalendarPage'),
});
const calendar = createRoute({
  getParentRoute: () => shell,
  path: '/calendars/$id',
  component: lazyRouteComponent(() => import('../pages/calendar.tsx'), 'CalendarPage'),
});
const workers = createRoute({
  getParentRoute: () => shell,
  path: '/workers',
  component: lazyRouteComponent(() => import('../pages/workers.tsx'), 'WorkersPage'),
});
const queue = createRoute({
  getParentRoute: () => shell,
  path: '/queue',
  component: lazyRouteComponent(() => import('../pages/queue.tsx'), 'QueuePage'),
});
const scripts = createRoute({
  getParentRoute: () => shell,
  path: '/scripts',
  component: lazyRouteComponent(() => import('../pages/scripts.tsx'), 'ScriptsPage'),
});
const script = createRoute({
  getParentRoute: () => shell,
  path: '/scripts/$id',
  component: lazyRouteComponent(() => import('../pages/script.tsx'), 'ScriptPage'),
});
const scriptFile = createRoute({
  getParentRoute: () => shell,
  path: '/scripts/file',
  component: lazyRouteComponent(() => import('../pages/script-file.tsx'), 'ScriptFilePage'),
});
const newScript = createRoute({
  getParentRoute: () => shell,
  path: '/scripts/new',
  component: lazyRouteComponent(() => import('../pages/new-script.tsx'), 'NewScriptPage'),
});
const events = createRoute({
  getParentRoute: () => shell,
  path: '/events',
  component: lazyRouteComponent(() => import('../pages/events.tsx'), 'EventsPage'),
});
const settings = createRoute({
  getParentRoute: () => shell,
  path: '/admin/settings',
  component: lazyRouteComponent(() => import('../pages/settings.tsx'), 'SettingsPage'),
});
const health = createRoute({
  getParentRoute: () => shell,
  path: '/admin/health',
  component: lazyRouteComponent(() => import('../pages/health.tsx'), 'HealthPage'),
});
const webhooks = createRoute({
  getParentRoute: () => shell,
  path: '/admin/webhooks',
  component: lazyRouteComponent(() => import('../pages/webhooks.tsx'), 'WebhooksPage'),
});
const webhook = createRoute({
  getParentRoute: () => shell,
  path: '/admin/webhooks/$id',
  component: lazyRouteComponent(() => import('../pages/webhook.tsx'), 'WebhookPage'),
});
const teams = createRoute({
  getParentRoute: () => shell,
  path: '/admin/teams',
  component: lazyRouteComponent(() => import('../pages/teams.tsx'), 'TeamsPage'),
});
const monitors = createRoute({
  getParentRoute: () => shell,
  path: '/monitors',
  component: lazyRouteComponent(() => import('../pages/monitors.tsx'), 'MonitorsPage'),
});
const monitor = createRoute({
  getParentRoute: () => shell,
  path: '/monitors/$id',
  component: lazyRouteComponent(() => import('../pages/monitor.tsx'), 'MonitorPage'),
});
const secrets = createRoute({
  getParentRoute: () => shell,
  path: '/secrets',
  component: lazyRouteComponent(() => import('../pages/secrets.tsx'), 'SecretsPage'),
});

const maintenance = createRoute({
  getParentRoute: () => shell,
  path: '/admin/maintenance',
  component: lazyRouteComponent(() => import('../pages/maintenance.tsx'), 'MaintenancePage'),
});

const audit = createRoute({
  getParentRoute: () => shell,
  path: '/admin/audit',
  component: lazyRouteComponent(() => import('../pages/audit.tsx'), 'AuditPage'),
});
const users = createRoute({
  getParentRoute: () => shell,
  path: '/admin/users',
  component: lazyRouteComponent(() => import('../pages/users.tsx'), 'UsersPage'),
});
const roles = createRoute({
  getParentRoute: () => shell,
  path: '/admin/roles',
  component: lazyRouteComponent(() => import('../pages/roles.tsx'), 'RolesPage'),
});
const keys = createRoute({
  getParentRoute: () => shell,
  path: '/admin/keys',
  component: lazyRouteComponent(() => import('../pages/keys.tsx'), 'KeysPage'),
});
const profile = createRoute({
  getParentRoute: () => shell,
  path: '/profile',
  component: lazyRouteComponent(() => import('../pages/profile.tsx'), 'ProfilePage'),
});
const device = createRoute({
  getParentRoute: () => shell,
  path: '/device',
  component: lazyRouteComponent(() => import('../pages/device.tsx'), 'DevicePage'),
});

const inShell = [
  overview,
  attention,
  inbox,
  timeline,
  jobs,
  newJob,
  job,
  editJob,
  runs,
  run,
  graph,
  calendars,
  newCalendar,
  calendar,
  workers,
  queue,
  events,
  settings,
  health,
  maintenance,
  webhooks,
  webhook,
  monitors,
  monitor,
  audit,
  users,
  roles,
  keys,
  profile,
  teams,
  secrets,
  scripts,
  script,
  device,
  scriptFile,
  newScript,
];

export const router = createRouter({
  routeTree: root.addChildren([setup, signIn, signInReturn, invitation, shell.addChildren(inShell)]),
  basepath: base === '' ? '/' : base,
  defaultPreload: 'intent',
  defaultErrorComponent: BrokenPage,
  scrollRestoration: true,
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
