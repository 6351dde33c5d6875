/** Who did what, when and from where: what the audit keeps of every change and of every sensitive act. */
import type { Id } from './id.ts';
import type { Instant } from './instant.ts';

/** By which way somebody came. */
export const auditWays = ['page', 'api', 'cli', 'library', 'hook'] as const;
export type AuditWay = (typeof auditWays)[number];

/** What is written down, each with its sentence. A new action is a new line at the end of its group. */
export const auditActions = {
  'audit.began': 'The audit began; what was done before is not in it.',

  'setup.completed': 'The first administrator was made.',
  'sign_in.succeeded': 'Somebody signed in.',
  'sign_in.failed': 'Somebody tried to sign in and was refused.',
  'sign_in.ended': 'Somebody signed out.',
  'sign_in.proven': 'Somebody who was signed in showed once more who they are.',
  'sign_in.replayed': 'A refresh token came for the second time; its sign-in was ended.',
  'device.allowed': 'Somebody let a command line sign in as them.',
  'device.denied': 'Somebody refused a command line that asked to sign in.',
  'token_key.made': 'A key that signs access tokens was made.',

  'person.invited': 'Somebody was invited.',
  'person.uninvited': 'An invitation was withdrawn.',
  'person.created': 'Somebody accepted an invitation.',
  'person.changed': 'A person got another role, or was shut out or let in again.',
  'person.profile_changed': 'A person changed what they say of themselves.',
  'person.password_changed': 'A person got another password; other sign-ins ended.',
  'person.signed_out': 'Sign-ins of a person were ended.',
  'person.deleted': 'A person was deleted.',
  'person.codes_added': 'A person signs in with one-time codes from now on.',
  'person.codes_removed': 'A person signs in without one-time codes from now on.',
  'person.recovery_code_used': 'A recovery code was used in the place of a one-time code.',
  'person.recovery_codes_renewed': 'A person got new recovery codes; those before are void.',
  'person.passkey_added': 'A person added a passkey.',
  'person.passkey_renamed': 'A person gave a passkey another name.',
  'person.passkey_removed': 'A person removed a passkey.',
  'person.second_factor_cleared': 'One-time codes and passkeys of a person were taken away.',
  'key.created': 'An API key was made.',
  'key.rotated': 'An API key got a new secret.',
  'key.revoked': 'An API key was revoked.',
  'person.linked': 'A person added a sign-in through a provider to their account.',
  'person.unlinked': 'A person took a sign-in through a provider off their account.',
  'person.exported': 'What names a person was handed out.',
  'person.erased': 'A person was erased: nothing names them any more, also in rows before this one.',
  'person.rights_mapped': 'The groups of a provider gave a person other rights.',

  'job.created': 'A job was created.',
  'job.changed': 'A job was changed.',
  'job.paused': 'A job was paused.',
  'job.resumed': 'A job was resumed.',
  'job.deleted': 'A job was deleted.',
  'job.restored': 'A deleted job was brought back.',
  'job.reset': 'The failures of a job count anew, and its breaker is closed.',
  'job.tried': 'A job that is not saved was run once.',
  'job.hook_added': 'An incoming hook was added to a job.',
  'job.hook_changed': 'An incoming hook of a job was changed.',
  'job.hook_deleted': 'An incoming hook of a job was deleted.',
  'job.hook_rotated': 'An incoming hook of a job got a new secret.',

  'run.requested': 'A run was asked for.',
  'run.retried': 'A run was asked for once more.',
  'run.cancel_requested': 'A run was cancelled.',
  'run.moved_front': 'A waiting run was put before all others of its queue.',
  'backfill.started': 'Runs for instants that have passed were made.',
  'backfill.cancelled': 'Waiting runs of a backfill were cancelled.',

  'calendar.created': 'A calendar was created.',
  'calendar.changed': 'A calendar was changed.',
  'calendar.deleted': 'A calendar was deleted.',
  'feed.created': 'A calendar feed with a token of its own was made.',
  'feed.removed': 'A calendar feed was ended.',

  'maintenance.set': 'Maintenance was set.',
  'maintenance.changed': 'Maintenance was changed.',
  'maintenance.ended': 'Maintenance was ended or called off.',
  'queue.changed': 'A queue was limited, paused or resumed.',
  'lock.changed': 'A lock was given another count.',
  'limit.changed': 'How many runs may live at once was changed.',
  'worker.drained': 'A worker was drained.',
  'worker.paused': 'A worker was paused.',
  'worker.resumed': 'A worker was resumed.',
  'worker.removed': 'A worker that is gone was taken from the list.',
  'clock.confirmed': 'A clock that jumped ahead was said to be right.',

  'alert.acknowledged': 'An alert was acknowledged.',
  'attention.changed': 'What needs a person was taken, noted or put off.',
  'attention.resolved': 'What needed a person was resolved.',
  'attention.reopened': 'What needed a person was opened again.',
  'attention.retried': 'What failed was run again from the attention list.',

  'script.approved': 'A content of a script was approved.',
  'script.changes_requested': 'A content of a script is to be changed before it is approved.',
  'script.rejected': 'A content of a script was rejected.',
  'script.commented': 'Something was said of a content of a script.',
  'script.created': 'A file was put into the scripts folder.',
  'script.changed': 'A file of the scripts folder got another content.',
  'script.deleted': 'A file was taken out of the scripts folder.',

  'webhook.created': 'A webhook was created.',
  'webhook.changed': 'A webhook was changed.',
  'webhook.deleted': 'A webhook was deleted.',
  'webhook.rotated': 'A webhook got a new secret.',
  'webhook.tested': 'A test was posted to a webhook.',
  'webhook.redelivered': 'A delivery of a webhook was posted once more.',
  'monitor.created': 'A monitor was created.',
  'monitor.changed': 'A monitor was changed.',
  'monitor.deleted': 'A monitor was deleted.',
  'monitor.renewed': 'A monitor got another address.',
  'monitor.paused': 'A monitor was paused.',
  'monitor.resumed': 'A monitor was resumed.',

  'demo.filled': 'Demo data was put in.',
  'demo.removed': 'Demo data was removed.',
  'retention.run': 'What retention no longer keeps was removed.',
  'backup.made': 'A backup was made.',

  'job.shared': 'It was changed whom a job is shared with.',
  'job.given': 'A job was given to another owner.',
  'team.created': 'A team was made.',
  'team.changed': 'A team got another name or other members.',
  'team.deleted': 'A team was removed.',
  'secret.created': 'A secret was set.',
  'secret.rotated': 'A secret got another value.',
  'secret.deleted': 'A secret was deleted.',
  'settings.changed':
    'Settings were changed while everything ran, of the installation or of the jobs that a person owns.',
  'view.started': 'An administrator began to look at everything as another person sees it.',
  'view.ended': 'An administrator looked with their own eyes again.',
  'secret.key_rotated': 'The installation got another key, and everything was sealed with it.',
} as const;

export type AuditAction = keyof typeof auditActions;

/** What kinds of things are acted on. */
export const auditSubjects = [
  'installation',
  'person',
  'job',
  'hook',
  'run',
  'calendar',
  'feed',
  'maintenance',
  'queue',
  'lock',
  'limit',
  'worker',
  'alert',
  'attention',
  'webhook',
  'monitor',
  'key',
  'team',
  'secret',
  'script',
] as const;
export type AuditSubjectKind = (typeof auditSubjects)[number];

export interface AuditSubject {
  readonly kind: AuditSubjectKind;
  /** As it is known outside; null for what has no id. */
  readonly id: string | null;
  readonly name: string | null;
}

/** Who asked, as far as it was known then. */
export interface AuditWho {
  /** Null for nobody known, for the installation itself and for library callers without people. */
  readonly personId: Id | null;
  readonly name: string;
  readonly via: AuditWay;
  /** Where the request came from; null inside the process. */
  readonly address: string | null;
  readonly requestId: string | null;
  /** Of the API key that was shown; null without one. */
  readonly keyId: Id | null;
}

/** One field that is not as it was. Secrets are masked before they come here; null is absent. */
export interface FieldChange {
  /** Path of the field, `retry.max_attempts`. */
  readonly field: string;
  readonly before: unknown;
  readonly after: unknown;
}

/** What an operation says it did. */
export interface NewAuditRow {
  readonly who: AuditWho;
  readonly action: AuditAction;
  readonly subject: AuditSubject;
  readonly changes: readonly FieldChange[];
}

export interface AuditRow extends Omit<NewAuditRow, 'action'> {
  /** Its place in the chain, from 1 without gaps. */
  readonly sequence: number;
  readonly at: Instant;
  /** Of a later version it may be one that this one does not know. */
  readonly action: string;
  /** SHA-256 over the hash before and this row, in hexadecimal digits. */
  readonly hash: string;
}

/** The end of the chain. Hash of an empty chain is an empty text. */
export interface AuditHead {
  readonly sequence: number;
  readonly hash: string;
}

/** The actions that a filter names: themselves, or their group as `job.*`. Null when it names one that is none. */
export function actionsNamed(names: readonly string[]): readonly AuditAction[] | null {
  const all = Object.keys(auditActions) as AuditAction[];
  const found = names.map((name) =>
    all.filter((action) => action === name || (name.endsWith('.*') && action.startsWith(name.slice(0, -1)))),
  );
  return found.some((actions) => actions.length === 0) ? null : [...new Set(found.flat())];
}
