import { filledPage, type Client } from 'job-trigger-contract';
import { places, type Place } from './navigation.ts';

type Target =
  | { readonly to: Place['to'] | '/jobs/new' }
  | { readonly to: '/jobs/$id' | '/runs/$id'; readonly params: { readonly id: string } };

export interface Choice {
  readonly key: string;
  readonly label: string;
  /** What kind of thing it is. */
  readonly hint: string;
  readonly target: Target;
}

const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const holds = (label: string, text: string): boolean => label.toLowerCase().includes(text);

/** Where a text may lead: the run of that id, then pages, then jobs as the server found them. Pure. */
export function choicesFor(
  given: string,
  jobs: readonly { readonly id: string; readonly name: string }[],
  isAdmin: boolean,
): readonly Choice[] {
  const text = given.trim().toLowerCase();
  if (uuid.test(text)) {
    return [{ key: text, label: `Run ${text}`, hint: 'run', target: { to: '/runs/$id', params: { id: text } } }];
  }
  const pages = [
    ...places
      .filter((place) => place.admin !== true || isAdmin)
      .map(({ to, label, key }) => ({ to, label, hint: key === undefined ? 'page' : `page · g ${key}` })),
    { to: '/jobs/new' as const, label: 'New job', hint: 'n' },
  ];
  return [
    ...pages
      .filter(({ label }) => holds(label, text))
      .map(({ to, label, hint }) => ({ key: to, label, hint, target: { to } })),
    ...jobs
      .filter(({ name }) => holds(name, text))
      .map(({ id, name }) => ({
        key: id,
        label: name,
        hint: 'job',
        target: { to: '/jobs/$id' as const, params: { id } },
      })),
  ];
}

/** The first jobs with this in their name, of all that there are; every job when the text is empty. */
export async function jobsCalled({ listJobs }: Pick<Client, 'listJobs'>, search: string, signal: AbortSignal) {
  const named = search === '' ? {} : { search };
  // What somebody types on is searched for next, and this no longer.
  return filledPage((page) => listJobs({ query: { ...page, sort: 'name' } }), { ...named, limit: 8 }, signal);
}
