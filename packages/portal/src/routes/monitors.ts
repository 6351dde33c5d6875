import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { endpoints, type MonitorDetail } from 'job-trigger-contract';
import { monitorChangeToCore, monitorDetailToWire, monitorToWire } from 'job-trigger-contract/mapping';
import { JobTriggerError, type GivenPing, type Monitor } from 'job-trigger-core';
import { TryLimit } from '../access/try-limit.ts';
import type { PortalOptions } from '../portal.ts';
import { referenceOf } from '../references.ts';
import { serve, type Caller } from '../route.ts';

/** A job that runs each minute and reports its start and its end sends two. */
const pingsPerMinute = 60;
/** More is read and let go, so that a job with much to say is not refused. */
const mostPingBytes = 1_048_576;

/** Monitors, and the open routes on which jobs elsewhere report. */
export function monitorRoutes(app: FastifyInstance, options: PortalOptions): void {
  const { operations, timezone } = options;
  const { monitors } = operations;
  const idOf = (uuid: string): number => referenceOf(uuid, 'monitor').id;
  /** A token lets its holder report; who may only look does not get it. */
  const tokenFor = (caller: Caller | null, monitor: Monitor): string | null =>
    caller?.viewer === undefined && (caller?.role === 'editor' || caller?.role === 'admin')
      ? monitors.tokenOf(monitor)
      : null;

  async function detailOf(id: number, { caller }: FastifyRequest): Promise<MonitorDetail> {
    const found = await monitors.get(id);
    return monitorDetailToWire(found, tokenFor(caller, found.monitor));
  }

  serve(app, endpoints.listMonitors, async ({ request }) => ({
    items: (await monitors.list()).map((monitor) => monitorToWire(monitor, tokenFor(request.caller, monitor))),
  }));
  serve(app, endpoints.createMonitor, async ({ body, actor, request, reply }) => {
    const input = { ...monitorChangeToCore(body, { timezone }), name: body.name };
    const detail = await detailOf((await monitors.create(input, actor)).id, request);
    void reply.header('location', `/api/monitors/${detail.id}`);
    return detail;
  });
  serve(app, endpoints.getMonitor, ({ params, request }) => detailOf(idOf(params.id), request));
  serve(app, endpoints.patchMonitor, async ({ params, body, actor, request }) => {
    const id = idOf(params.id);
    await monitors.change(id, monitorChangeToCore(body, { timezone }), actor);
    return detailOf(id, request);
  });
  serve(app, endpoints.deleteMonitor, async ({ params, actor }) => {
    await monitors.remove(idOf(params.id), actor);
    return undefined;
  });
  serve(app, endpoints.pauseMonitor, async ({ params, actor, request }) => {
    await monitors.pause(idOf(params.id), actor);
    return detailOf(idOf(params.id), request);
  });
  serve(app, endpoints.resumeMonitor, async ({ params, actor, request }) => {
    await monitors.resume(idOf(params.id), actor);
    return detailOf(idOf(params.id), request);
  });
  serve(app, endpoints.renewMonitor, async ({ params, actor, request }) => {
    await monitors.renew(idOf(params.id), actor);
    return detailOf(idOf(params.id), request);
  });
  pingRoutes(app, options);
}

interface PingParams {
  readonly token: string;
  readonly how?: string;
}

/** What the last part of the address says: `start`, `fail`, or the exit code of the job. */
function meaningOf(how: string | undefined): Pick<GivenPing, 'kind' | 'exitCode'> | null {
  if (how === undefined || how === '') return { kind: 'success', exitCode: null };
  if (how === 'start' || how === 'fail') return { kind: how, exitCode: null };
  if (!/^\d{1,3}$/.test(how) || Number(how) > 255) return null;
  const exitCode = Number(how);
  return { kind: exitCode === 0 ? 'success' : 'fail', exitCode };
}

/** The token in the path is the credential: a line in a crontab can send no other. */
function pingRoutes(app: FastifyInstance, { operations, system }: PortalOptions): void {
  const taken = new TryLimit(system.clock, pingsPerMinute);
  const wrong = new TryLimit(system.clock);

  async function answer(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const { token, how } = request.params as PingParams;
    const meaning = meaningOf(how);
    const noSuch = new JobTriggerError('not_found', 'There is no such address for pings.');
    if (meaning === null || !/^[\w-]{10,100}$/.test(token)) throw noSuch;
    taken.take(token);
    const { body, ip, headers } = request;
    const isTaken = await operations.monitors.ping(token, {
      ...meaning,
      output: Buffer.isBuffer(body) && body.length > 0 ? body.toString('utf8') : null,
      address: ip,
      userAgent: headers['user-agent']?.slice(0, 200) ?? null,
    });
    if (!isTaken) {
      wrong.take(ip);
      throw noSuch;
    }
    return reply
      .type('text/plain; charset=utf-8')
      .header('cache-control', 'no-store')
      .serializer((value: string) => value)
      .send('OK\n');
  }

  void app.register(async (pings) => {
    pings.removeAllContentTypeParsers();
    pings.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: mostPingBytes }, (_request, body, done) =>
      done(null, body),
    );
    for (const url of ['/api/pings/:token', '/api/pings/:token/:how'])
      pings.route({
        method: ['GET', 'HEAD', 'POST'],
        url,
        config: { access: 'open' },
        schema: { hide: true },
        handler: answer,
      });
  });
}
