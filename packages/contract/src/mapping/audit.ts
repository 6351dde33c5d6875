import {
  actionsNamed,
  auditActions,
  formatInstant,
  fromUuid,
  invalidField,
  toUuid,
  type AuditAction,
  type AuditFilter,
  type AuditRow as CoreRow,
  type AuditVerdict as CoreVerdict,
  type SignedHead,
} from 'job-trigger-core';
import type { z } from 'zod';
import type { AuditHead, AuditQuery, AuditRow, AuditVerdict } from '../shapes/audit.ts';
import { instantToCore } from './job-in.ts';

type Query = z.output<typeof AuditQuery>;

/** @throws `invalid` for an action that is none, or an instant that is none */
export function auditFilterToCore({ who, via, action, subject, subject_kind, since, until }: Query): AuditFilter {
  const person = who === undefined ? null : fromUuid(who);
  const actions = action === undefined ? undefined : actionsNamed(action.split(','));
  if (actions === null) throw invalidField('action', 'names an action that is none; see /api/audit/actions');
  const subjectId = subject === undefined ? null : fromUuid(subject);
  return {
    ...(person === null ? { name: who } : { personId: person.id }),
    ...(subjectId === null ? { subjectName: subject } : { subjectId: toUuid(subjectId) }),
    via,
    actions,
    subjectKind: subject_kind,
    from: since === undefined ? undefined : instantToCore(since, 'since'),
    until: until === undefined ? undefined : instantToCore(until, 'until'),
  };
}

/** @param people creation times by number: with them their ids are known outside */
export function auditToWire(row: CoreRow, people: ReadonlyMap<number, number>): AuditRow {
  const { sequence, at, who, action, subject, changes, hash } = row;
  const createdAt = who.personId === null ? undefined : people.get(who.personId);
  return {
    sequence,
    at: formatInstant(at),
    who: {
      id: who.personId === null || createdAt === undefined ? null : toUuid({ id: who.personId, createdAt }),
      name: who.name,
      via: who.via,
      address: who.address,
      request_id: who.requestId,
      key_id: who.keyId === null ? null : String(who.keyId),
    },
    action,
    action_text: auditActions[action as AuditAction] ?? action,
    subject: { ...subject },
    changes: changes.map(({ field, before, after }) => ({ field, before, after })),
    hash,
  };
}

export function signedHeadToWire({ sequence, hash, at, keyId, signature }: SignedHead): AuditHead {
  return { sequence, hash, at: formatInstant(at), key_id: keyId, signature };
}

export function signedHeadToCore({ sequence, hash, at, key_id: keyId, signature }: AuditHead): SignedHead {
  return { sequence, hash, at: instantToCore(at, 'head.at'), keyId, signature };
}

const counted = (count: number, one: string): string =>
  `${new Intl.NumberFormat('en').format(count)} ${count === 1 ? one : `${one}s`}`;

export function verdictToWire({ good, fault, heads, foreign, erased }: CoreVerdict): AuditVerdict {
  const rows = counted(good.sequence, 'row');
  const but =
    erased === 0 ? '' : `, but ${counted(erased, 'row')} that a person was erased from, as the chain vouches for`;
  const text =
    fault === null
      ? `All ${rows} stand as they were written${but}${heads === 0 ? '' : `, and fit ${counted(heads, 'exported head')}`}.`
      : fault.text;
  const told = fault === null ? null : { sequence: fault.sequence, problem: fault.problem, text: fault.text };
  return { ok: fault === null, rows: good.sequence, erased, heads, foreign_heads: foreign, fault: told, text };
}
