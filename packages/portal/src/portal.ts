/** The HTTP side of an installation, built apart from the process that listens. It runs no jobs and keeps no state. */
import type { IncomingMessage } from 'node:http';
import helmet from '@fastify/helmet';
import cookie from '@fastify/cookie';
import Fastify, { type FastifyInstance } from 'fastify';
import { serializerCompiler, validatorCompiler, type ZodTypeProvider } from 'fastify-type-provider-zod';
import type { Ballast, Config, Operations, Store, System } from 'job-trigger-core';
import { openEyes, type Eyes } from './access/eyes.ts';
import { accessControl } from './access/access-control.ts';
import type { HostPerson } from './access/host-callers.ts';
import { ReaderLimit } from './logs/reader-limit.ts';
import { SharedAnswers } from './shared-answers.ts';
import { documentation } from './plugins/documentation.ts';
import { answerFrameworkError, errorHandling } from './plugins/errors.ts';
import { fullDisk } from './plugins/full-disk.ts';
import { asBytes } from './plugins/as-bytes.ts';
import { keptByNobody } from './plugins/kept-by-nobody.ts';
import { leaving } from './plugins/leaving.ts';
import { servePages } from './plugins/pages.ts';
import { strictJson } from './plugins/strict-json.ts';
import { alertRoutes } from './routes/alerts.ts';
import { attentionRoutes } from './routes/attention.ts';
import { demoRoutes } from './routes/demo.ts';
import { calendarRoutes } from './routes/calendars.ts';
import { jobRoutes } from './routes/jobs.ts';
import { limitRoutes } from './routes/limits.ts';
import { maintenanceRoutes } from './routes/maintenance.ts';
import { operateRoutes } from './routes/operate.ts';
import { peopleRoutes } from './routes/people.ts';
import { logRoutes } from './routes/logs.ts';
import { backfillRoutes } from './routes/backfill.ts';
import { explainRoutes } from './routes/explain.ts';
import { runRoutes } from './routes/runs.ts';
import { scheduleRoutes } from './routes/schedules.ts';
import { streamRoute } from './routes/stream.ts';
import { upkeepRoutes } from './routes/upkeep.ts';
import { timelineRoutes } from './routes/timeline.ts';
import { watchRoutes } from './routes/watch.ts';
import { graphRoutes } from './routes/graph.ts';
import { artifactRoutes } from './routes/artifacts.ts';
import { monitorRoutes } from './routes/monitors.ts';
import { jobTypeRoutes } from './routes/job-types.ts';
import { bulkRoutes } from './routes/bulk.ts';
import { hookRoutes } from './routes/hooks.ts';
import { auditRoutes } from './routes/audit.ts';
import { userRoutes } from './routes/users.ts';
import { profileRoutes } from './routes/profile.ts';
import { keyRoutes } from './routes/keys.ts';
import { sharingRoutes } from './routes/sharing.ts';
import { secretRoutes } from './routes/secrets.ts';
import { signInMethodRoutes } from './routes/sign-in-methods.ts';
import { oidcRoutes } from './routes/oidc.ts';
import { erasureRoutes } from './routes/erasure.ts';
import { scriptFileRoutes } from './routes/script-files.ts';
import { scriptRoutes } from './routes/scripts.ts';
import { viewRoutes } from './routes/views.ts';
import { settingRoutes } from './routes/settings.ts';
import { webhookRoutes } from './routes/webhooks.ts';
import { deviceRoutes } from './routes/devices.ts';

/** How the portal is part of another program. */
interface Embedded {
  /** Who a request is from, null for nobody; without it only this machine is answered, as the first administrator. */
  readonly authorize: ((request: IncomingMessage) => HostPerson | null | Promise<HostPerson | null>) | null;
  /** The path it is found below, as `/jobs`; empty for none. */
  readonly prefix: string;
}

export interface PortalOptions {
  readonly operations: Operations;
  readonly store: Store;
  readonly system: System;
  readonly config: Config;
  /** Zone of schedules that name none. */
  readonly timezone: string;
  readonly version: string;
  /** Folder of the built pages; null serves a page that says how to build them. */
  readonly pages?: string | null;
  /**
   * A caller inside this process: requests with this secret in `x-jtp-local` act as the first administrator. Only for
   * an app that never listens.
   */
  readonly localCaller?: { readonly secret: string; readonly name: string };
  /** Part of another program, which says who asks: `embedPortal` fills it. */
  readonly embedded?: Embedded;
  /** What is kept for a full disk; null where this process keeps none. */
  readonly ballast?: Ballast | null;
  /** `config.yaml`, to be copied with a backup; null without one. */
  readonly configFile?: string | null;
}

/** What rooms get: store and operations see what the caller of the request sees. */
export interface RoomOptions extends PortalOptions {
  readonly eyes: Eyes;
  readonly readers: ReaderLimit;
}

export type Portal = FastifyInstance;

/** Pages and answers alike; scripts only from here, as `SECURITY.md` 2 asks. */
const contentPolicy = {
  defaultSrc: ["'self'"],
  scriptSrc: ["'self'"],
  styleSrc: ["'self'", "'unsafe-inline'"],
  imgSrc: ["'self'", 'data:', 'blob:'],
  objectSrc: ["'none'"],
  baseUri: ["'none'"],
  formAction: ["'self'"],
  frameAncestors: ["'none'"],
  // Plain HTTP on a private network must not be turned into HTTPS that nobody serves.
  upgradeInsecureRequests: null,
};

/** Stands where Fastify would load its own compilers for JSON Schema, a hundred files that nothing here uses. */
const ownCompilers = (): never => {
  throw new TypeError('Zod checks and writes every shape.');
};

/** Builds the app; the caller listens or injects. */
export async function createPortal(options: PortalOptions): Promise<Portal> {
  const { config } = options;
  const app = Fastify({
    logger: false,
    bodyLimit: 1_048_576,
    requestTimeout: config.values.requestSeconds * 1000,
    frameworkErrors: answerFrameworkError,
    trustProxy: config.values.trustedProxies.length > 0 ? [...config.values.trustedProxies] : false,
    genReqId: () => Buffer.from(options.system.random.bytes(12)).toString('base64url'),
    routerOptions: { caseSensitive: true, ignoreTrailingSlash: false, maxParamLength: 200 },
    schemaController: { compilersFactory: { buildValidator: ownCompilers, buildSerializer: ownCompilers } },
  }).withTypeProvider<ZodTypeProvider>();
  app.setValidatorCompiler((route) => {
    const check = validatorCompiler(route as Parameters<typeof validatorCompiler>[0]);
    // Fastify says null where no body came; to a shape that is a value.
    return (data: unknown) => check(data === null && route.httpPart === 'body' ? undefined : data);
  });
  app.setSerializerCompiler(serializerCompiler);
  const { notFound } = errorHandling(app, options.system.log);
  strictJson(app);
  leaving(app);
  keptByNobody(app);
  asBytes(app);
  await app.register(helmet, {
    hsts: false,
    frameguard: { action: 'deny' },
    contentSecurityPolicy: { useDefaults: false, directives: contentPolicy },
  });
  await app.register(cookie);
  accessControl(app, options);
  fullDisk(app, () => options.ballast?.hasRoom !== false);
  documentation(app, options.version);
  const rooms = [
    peopleRoutes,
    jobRoutes,
    runRoutes,
    logRoutes,
    scheduleRoutes,
    calendarRoutes,
    timelineRoutes,
    explainRoutes,
    backfillRoutes,
    watchRoutes,
    operateRoutes,
    demoRoutes,
    maintenanceRoutes,
    alertRoutes,
    attentionRoutes,
    streamRoute,
    webhookRoutes,
    monitorRoutes,
    graphRoutes,
    upkeepRoutes,
    limitRoutes,
    jobTypeRoutes,
    artifactRoutes,
    bulkRoutes,
    hookRoutes,
    auditRoutes,
    userRoutes,
    profileRoutes,
    keyRoutes,
    sharingRoutes,
    secretRoutes,
    signInMethodRoutes,
    oidcRoutes,
    erasureRoutes,
    scriptRoutes,
    deviceRoutes,
    settingRoutes,
    viewRoutes,
    scriptFileRoutes,
  ];
  const eyes = openEyes(options);
  app.decorate('eyes', eyes);
  app.decorate('sharedAnswers', new SharedAnswers<unknown>());
  const readers = new ReaderLimit(() => config.values.logReaders);
  const seen: RoomOptions = { ...options, store: eyes.store, operations: eyes.operations, eyes, readers };
  for (const routes of rooms) routes(app, seen);
  if (options.localCaller === undefined) await servePages(app, options, notFound);
  else app.setNotFoundHandler(notFound);
  await app.ready();
  return app;
}
