/** What takes a person's traces out of a text or a value, and leaves the rest. Pure. */
import type { AuditSubject, AuditWho, FieldChange } from './audit.ts';
import type { Id } from './id.ts';

/** By what a person is recognised. */
export interface Traces {
  readonly personId: Id;
  /** The same as it is known outside. */
  readonly uuid: string;
  readonly email: string;
  /** As they are called, and as they were; as providers of their sign-ins call them. */
  readonly names: readonly string[];
}

/** Stands in the place of a name, an address and an id. */
export const erasedName = 'erased person';

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);

/**
 * A text without id and address, wherever they stand; without a name where the text is one (`Mei`), names whose key it was,
 * or is a sentence of ours about somebody's act. A name inside other words stays: it may be anybody's.
 */
export function withoutTraces(text: string, { uuid, email, names }: Traces): string {
  if (names.includes(text)) return erasedName;
  let left = text.replaceAll(uuid, erasedName).replace(new RegExp(escaped(email), 'gi'), erasedName);
  for (const name of names)
    left = left
      .replaceAll(`(key of ${name})`, `(key of ${erasedName})`)
      .replaceAll(` by ${name}.`, ` by ${erasedName}.`)
      .replaceAll(`${name} owns it.`, `${erasedName} owns it.`);
  return left;
}

/** Where a bare number is somebody's id; anywhere else it may count something. */
const personField = /(?:^|[._])(?:owner|person)$|_id$/;

/** A field that a change names is what its values are of: `{field: 'owner', before: …, after: …}`. */
const nameOf = (value: object, name: string): string =>
  'field' in value && typeof value.field === 'string' && (name === 'before' || name === 'after') ? value.field : name;

/** A value of JSON without traces; the same object when there are none. */
function valueWithoutTraces(value: unknown, traces: Traces, field = ''): unknown {
  if (typeof value === 'string') return withoutTraces(value, traces);
  if (value === traces.personId && personField.test(field)) return null;
  if (typeof value !== 'object' || value === null) return value;
  const before = Object.entries(value);
  const after = before.map(([name, item]): [string, unknown] => [
    name,
    valueWithoutTraces(item, traces, nameOf(value, name)),
  ]);
  if (after.every(([, item], at) => item === before[at]?.[1])) return value;
  return Array.isArray(value) ? after.map(([, item]) => item) : Object.fromEntries(after);
}

/** A column that holds JSON or a sentence, without traces. */
export function storedWithoutTraces(text: string, traces: Traces): string {
  if (!/^\s*[[{"]/.test(text)) return withoutTraces(text, traces);
  try {
    const value: unknown = JSON.parse(text);
    const left = valueWithoutTraces(value, traces);
    return left === value ? text : JSON.stringify(left);
  } catch {
    return withoutTraces(text, traces);
  }
}

interface AuditParts {
  readonly who: AuditWho;
  readonly subject: AuditSubject;
  readonly changes: string;
}

/** Of a change of the person themselves: what they were called, which nothing else may remember. */
function withoutOwnNames(changes: string): string {
  try {
    const list: unknown = JSON.parse(changes);
    if (!Array.isArray(list)) return changes;
    const left = (list as readonly FieldChange[]).map((change) => {
      if (!['name', 'account', 'email'].includes(change.field)) return change;
      const [before, after] = [change.before, change.after].map((value) => (value === null ? null : erasedName));
      return { field: change.field, before, after };
    });
    return JSON.stringify(left);
  } catch {
    return changes;
  }
}

/** Parts of a row of the audit without traces; null when it holds none. What was done, when and by which way stays. */
export function auditWithoutTraces({ who, subject, changes }: AuditParts, traces: Traces): AuditParts | null {
  const isTheirs = who.personId === traces.personId;
  const left: AuditParts = {
    who: isTheirs
      ? { ...who, personId: null, name: withoutTraces(who.name, traces), address: null, keyId: null }
      : { ...who, name: withoutTraces(who.name, traces) },
    subject: {
      ...subject,
      id: subject.id === traces.uuid ? null : subject.id,
      name: subject.name === null ? null : withoutTraces(subject.name, traces),
    },
    changes: storedWithoutTraces(subject.id === traces.uuid ? withoutOwnNames(changes) : changes, traces),
  };
  const isSame =
    !isTheirs &&
    left.who.name === who.name &&
    left.subject.id === subject.id &&
    left.subject.name === subject.name &&
    left.changes === changes;
  return isSame ? null : left;
}
