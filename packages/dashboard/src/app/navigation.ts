import {
  IconActivity,
  IconCalendar,
  IconChecklist,
  IconFileCode,
  IconHeartbeat,
  IconHistory,
  IconKey,
  IconLayoutDashboard,
  IconListDetails,
  IconRadar2,
  IconServer,
  IconSettings,
  IconSitemap,
  IconStack2,
  IconTimeline,
  IconTool,
  IconUrgent,
  IconUserShield,
  IconUsers,
  IconUsersGroup,
  IconWebhook,
  type Icon,
} from '@tabler/icons-react';

export interface Place {
  readonly to:
    | '/'
    | '/attention'
    | '/timeline'
    | '/jobs'
    | '/graph'
    | '/runs'
    | '/workers'
    | '/queue'
    | '/calendars'
    | '/events'
    | '/secrets'
    | '/admin/settings'
    | '/admin/health'
    | '/admin/maintenance'
    | '/admin/webhooks'
    | '/monitors'
    | '/admin/audit'
    | '/admin/users'
    | '/admin/roles'
    | '/admin/keys'
    | '/admin/teams'
    | '/scripts';
  readonly label: string;
  readonly icon: Icon;
  /** Pressed after `g`. */
  readonly key?: string;
  readonly admin?: true;
}

export const navigation: readonly { readonly title: string; readonly places: readonly Place[] }[] = [
  {
    title: 'Watch',
    places: [
      { to: '/', label: 'Overview', icon: IconLayoutDashboard, key: 'o' },
      { to: '/attention', label: 'Attention', icon: IconUrgent, key: 'a' },
      { to: '/timeline', label: 'Timeline', icon: IconTimeline, key: 't' },
      { to: '/runs', label: 'Runs', icon: IconActivity, key: 'r' },
      { to: '/monitors', label: 'Monitors', icon: IconRadar2, key: 'm' },
      { to: '/events', label: 'Event log', icon: IconListDetails, key: 'e' },
    ],
  },
  {
    title: 'Build',
    places: [
      { to: '/jobs', label: 'Jobs', icon: IconChecklist, key: 'j' },
      { to: '/graph', label: 'Graph', icon: IconSitemap, key: 'p' },
      { to: '/scripts', label: 'Scripts', icon: IconFileCode, key: 's' },
    ],
  },
  {
    title: 'Operate',
    places: [
      { to: '/workers', label: 'Workers', icon: IconServer, key: 'w' },
      { to: '/queue', label: 'Queue', icon: IconStack2, key: 'q' },
      { to: '/calendars', label: 'Calendars', icon: IconCalendar, key: 'c' },
      { to: '/admin/maintenance', label: 'Maintenance', icon: IconTool, key: 'd' },
      { to: '/secrets', label: 'Secrets', icon: IconKey },
      { to: '/admin/webhooks', label: 'Webhooks', icon: IconWebhook, admin: true },
    ],
  },
  {
    title: 'Admin',
    places: [
      { to: '/admin/health', label: 'Health', icon: IconHeartbeat, key: 'h' },
      { to: '/admin/settings', label: 'Settings', icon: IconSettings, admin: true },
      { to: '/admin/audit', label: 'Audit', icon: IconHistory, admin: true },
      { to: '/admin/users', label: 'Users', icon: IconUsers, admin: true },
      { to: '/admin/roles', label: 'Roles', icon: IconUserShield },
      { to: '/admin/keys', label: 'Keys', icon: IconKey },
      { to: '/admin/teams', label: 'Teams', icon: IconUsersGroup, admin: true },
    ],
  },
];

export const places: readonly Place[] = navigation.flatMap((group) => group.places);
/** On a phone, within reach of the thumb. */
export const bottomPlaces: readonly Place[] = places.filter(({ to }) =>
  ['/', '/attention', '/jobs', '/timeline', '/runs'].includes(to),
);
