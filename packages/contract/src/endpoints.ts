/** Every path of the API, arranged as a person would look for it: portal, client and OpenAPI all read this table. */
import { backfillEndpoints } from './endpoints/backfill.ts';
import { artifactsEndpoints } from './endpoints/artifacts.ts';
import { alertsEndpoints } from './endpoints/alerts.ts';
import { calendarsEndpoints } from './endpoints/calendars.ts';
import { jobsEndpoints } from './endpoints/jobs.ts';
import { maintenanceEndpoints } from './endpoints/maintenance.ts';
import { operateEndpoints } from './endpoints/operate.ts';
import { peopleEndpoints } from './endpoints/people.ts';
import { runsEndpoints } from './endpoints/runs.ts';
import { timelineEndpoints } from './endpoints/timeline.ts';
import { schedulesEndpoints } from './endpoints/schedules.ts';
import { graphEndpoints } from './endpoints/graph.ts';
import { monitorsEndpoints } from './endpoints/monitors.ts';
import { limitsEndpoints } from './endpoints/limits.ts';
import { jobTypesEndpoints } from './endpoints/job-types.ts';
import { bulkEndpoints } from './endpoints/bulk.ts';
import { webhooksEndpoints } from './endpoints/webhooks.ts';
import { hooksEndpoints } from './endpoints/hooks.ts';
import { usersEndpoints } from './endpoints/users.ts';
import { oidcEndpoints } from './endpoints/oidc.ts';
import { erasureEndpoints } from './endpoints/erasure.ts';
import { keysEndpoints } from './endpoints/keys.ts';
import { secretsEndpoints } from './endpoints/secrets.ts';
import { signInMethodsEndpoints } from './endpoints/sign-in-methods.ts';
import { attentionEndpoints } from './endpoints/attention.ts';
import { auditEndpoints } from './endpoints/audit.ts';
import { sharingEndpoints } from './endpoints/sharing.ts';
import { scriptFileEndpoints } from './endpoints/script-files.ts';
import { scriptsEndpoints } from './endpoints/scripts.ts';
import { devicesEndpoints } from './endpoints/devices.ts';
import { viewsEndpoints } from './endpoints/views.ts';
import { settingsEndpoints } from './endpoints/settings.ts';

export const endpoints = {
  ...peopleEndpoints,
  ...jobsEndpoints,
  ...runsEndpoints,
  ...schedulesEndpoints,
  ...timelineEndpoints,
  ...calendarsEndpoints,
  ...operateEndpoints,
  ...maintenanceEndpoints,
  ...backfillEndpoints,
  ...alertsEndpoints,
  ...webhooksEndpoints,
  ...monitorsEndpoints,
  ...graphEndpoints,
  ...limitsEndpoints,
  ...jobTypesEndpoints,
  ...artifactsEndpoints,
  ...bulkEndpoints,
  ...attentionEndpoints,
  ...hooksEndpoints,
  ...auditEndpoints,
  ...usersEndpoints,
  ...keysEndpoints,
  ...sharingEndpoints,
  ...secretsEndpoints,
  ...signInMethodsEndpoints,
  ...oidcEndpoints,
  ...erasureEndpoints,
  ...scriptsEndpoints,
  ...devicesEndpoints,
  ...settingsEndpoints,
  ...viewsEndpoints,
  ...scriptFileEndpoints,
} as const;

export type Endpoints = typeof endpoints;
export type EndpointName = keyof Endpoints;
