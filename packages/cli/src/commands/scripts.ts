import type { Command } from 'commander';
import type { Client, Script, ScriptApproval, ScriptReview } from 'job-trigger-contract';
import { confirmed } from '../confirm.ts';
import { emit, tell, withConnection, type Context } from '../context.ts';
import { CommandError, exitStatus, wrongFlag } from '../exit-status.ts';
import { printable, writeTable, type Column } from '../output/table.ts';
import { timesOf, type Times } from '../output/when.ts';
import { addScriptFileCommands } from './script-files.ts';

/** A script by its path or its id. */
async function findScript(client: Client, pathOrId: string): Promise<ScriptApproval> {
  const { required, items } = await client.listScriptApprovals();
  const found = items.find(({ id, path }) => path === pathOrId || id === pathOrId.toLowerCase());
  if (found !== undefined) return found;
  const hint = required
    ? 'Those that jobs name are listed by: jtp scripts ls'
    : 'Scripts need no approval here (security.require_script_approval).';
  throw new CommandError(exitStatus.notFound, `No job names a script '${pathOrId}'.`, hint);
}

async function reviewOf(client: Client, pathOrId: string): Promise<ScriptReview> {
  const { id } = await findScript(client, pathOrId);
  return client.reviewScript({ params: { id } });
}

const standingWords: Readonly<Record<ScriptApproval['standing'], string>> = {
  new: 'never approved',
  changed: 'changed, not approved',
  approved: 'approved',
  changes_requested: 'changes requested',
  rejected: 'rejected',
  missing: 'missing',
};

/** How it stands, with `1 of 2, by Mei` where a first person approved and another has to. */
function standingText({ standing, version }: ScriptApproval, needed: number): string {
  if (standing === 'approved' || version === null || version.state !== 'approved') return standingWords[standing];
  return `approved ${version.approvals} of ${needed}, by ${version.decided_by}`;
}

type Row = Script & { readonly review: ScriptApproval | undefined };

/** Files of the folder, and what jobs name that is not there. */
function rowsOf(scripts: readonly Script[], approvals: readonly ScriptApproval[]): readonly Row[] {
  const byPath = new Map(approvals.map((review) => [review.path, review]));
  const listed = scripts.map((script) => ({ ...script, review: byPath.get(script.path) }));
  const there = new Set(scripts.map(({ path }) => path));
  const gone = approvals
    .filter(({ path, jobs }) => !there.has(path) && jobs.length > 0)
    .map((review) => ({
      path: review.path,
      bytes: 0,
      modified_at: review.seen_at,
      description: null,
      approval: null,
      jobs: null,
      review,
    }));
  return [...listed, ...gone];
}

function columns(times: Times, needed: number | null): readonly Column<Row>[] {
  return [
    { title: 'PATH', text: ({ path }) => path },
    ...(needed === null ? [] : reviewColumns(times, needed)),
    { title: 'BYTES', text: ({ bytes }) => String(bytes) },
    { title: times.title('MODIFIED'), text: (script) => times.text(script.modified_at) },
  ];
}

const reviewColumns = (times: Times, needed: number): readonly Column<Row>[] => [
  {
    title: 'STANDING',
    text: ({ review }) => (review === undefined ? 'no job names it' : standingText(review, needed)),
  },
  { title: 'JOBS', text: ({ review }) => String(review?.jobs.length ?? 0) },
  { title: times.title('NEXT DUE'), text: ({ review }) => times.text(review?.jobs[0]?.next_due_at ?? null) },
];

function jobText({ active, next_due_at: due }: ScriptReview['jobs'][number], times: Times): string {
  if (!active) return 'paused';
  return due === null ? 'runs when asked for' : `next due ${times.text(due)}`;
}

function noteText({ by, kind, line, version, text }: ScriptReview['notes'][number]): string {
  return `${by}, ${kind}${line === null ? '' : ` on line ${line}`} (version ${version}): ${text}`;
}

function writeReview(context: Context, review: ScriptReview): void {
  const { stdout } = context.terminal;
  const times = timesOf(context);
  const line = (text: string): void => void stdout.write(`${printable(text)}\n`);
  const { version } = review;
  line(`${review.path}: ${standingText(review, review.approvals_needed)}`);
  if (review.problem !== null) line(review.problem);
  if (version !== null) line(`version ${version.number}, ${version.bytes} bytes, SHA-256 ${version.sha256}`);
  line(`authors: ${review.authors.join(', ') || 'nobody known'}`);
  for (const job of review.jobs) line(`job: ${job.name}, ${jobText(job, times)}`);
  for (const { text, line: at } of review.hints) line(`look at${at === null ? '' : ` line ${at}`}: ${text}`);
  for (const note of review.notes) line(noteText(note));
  if (review.refusal !== null) tell(context, review.refusal);
}

const signs = { same: ' ', removed: '-', added: '+' } as const;
/** Lines around a difference. */
const around = 3;

/** As `diff -u` shows it: differences with a little around them. */
function writeDifference({ terminal: { stdout } }: Context, { lines }: ScriptReview): void {
  const near = lines.map((_, at) =>
    lines.slice(Math.max(0, at - around), at + around + 1).some(({ kind }) => kind !== 'same'),
  );
  for (const [at, { kind, before, after, text }] of lines.entries()) {
    if (near[at] !== true) continue;
    if (at > 0 && near[at - 1] !== true) stdout.write('…\n');
    const place = String(after ?? before ?? '').padStart(5);
    stdout.write(`${place} ${signs[kind]} ${printable(text)}\n`);
  }
}

interface Decision {
  readonly decision: 'approved' | 'changes_requested' | 'rejected';
  readonly note: string | null;
  /** What the caller looked at; what it holds now when absent. */
  readonly sha256: string | undefined;
}

async function decide(context: Context, script: string, { decision, note, sha256 }: Decision): Promise<void> {
  const done = await withConnection(context, async ({ client }) => {
    const { id, path, version } = await findScript(client, script);
    const hash = sha256 ?? version?.sha256;
    if (hash === undefined) throw new CommandError(exitStatus.notFound, `${printable(path)} is missing.`);
    if (decision === 'approved')
      await confirmed(context, `Approve what ${printable(path)} holds, SHA-256 ${hash.slice(0, 12)}…?`);
    return client.decideScript({ params: { id }, body: { decision, sha256: hash, note } });
  });
  await emit(context, done, () =>
    tell(context, `${printable(done.path)}: ${standingText(done, done.approvals_needed)}.`),
  );
}

function lineOf(text: string | undefined): number | null {
  if (text === undefined) return null;
  if (!/^[1-9]\d{0,6}$/.test(text)) throw wrongFlag('--line', `'${text}' is no number of a line.`);
  return Number(text);
}

/** Files in the scripts folder, and their approval. */
export function addScriptCommands(program: Command, context: () => Context): void {
  const scripts = program.command('scripts').description('Files in the scripts folder, and their approval.');
  scripts
    .command('ls')
    .description('List scripts that a job may name, and whether what they hold is approved.')
    .action(async () => {
      const answer = await withConnection(context(), async ({ client }) => {
        const { folder, items } = await client.listScripts();
        return { folder, items, approvals: await client.listScriptApprovals() };
      });
      const { approvals, ...listed } = answer;
      const items = approvals.items;
      await emit(context(), { ...listed, approvals }, () =>
        writeTable(
          context(),
          rowsOf(answer.items, approvals.required ? items : []),
          columns(timesOf(context()), approvals.required ? approvals.approvals_needed : null),
          `No scripts in ${answer.folder}.`,
        ),
      );
    });
  scripts
    .command('review <script>')
    .description('What a script holds, who made a job name it, hints, and what was said of it.')
    .action(async (script: string) => {
      const review = await withConnection(context(), ({ client }) => reviewOf(client, script));
      await emit(context(), review, () => {
        writeReview(context(), review);
        for (const [at, text] of (review.text ?? '').split('\n').entries())
          context().terminal.stdout.write(`${String(at + 1).padStart(5)}   ${printable(text)}\n`);
      });
    });
  scripts
    .command('diff <script>')
    .description('What changed since the version that was approved last. Exit status 1 when something did.')
    .action(async (script: string) => {
      const review = await withConnection(context(), ({ client }) => reviewOf(client, script));
      await emit(context(), review, () => writeDifference(context(), review));
      if (review.lines.some(({ kind }) => kind !== 'same')) process.exitCode = exitStatus.failed;
    });
  scripts
    .command('approve <script>')
    .description('Approve what a script holds now; not one that you made a job name.')
    .option('--sha256 <hash>', 'only this content: refused when it holds another by now')
    .option('--note <text>', 'for whoever looks later')
    .action((script: string, { sha256, note = null }: { readonly sha256?: string; readonly note?: string | null }) =>
      decide(context(), script, { decision: 'approved', note, sha256 }),
    );
  scripts
    .command('reject <script>')
    .description('Reject what a script holds now; an approval of it is withdrawn.')
    .requiredOption('--note <text>', 'what is wrong with it')
    .option('--changes', 'ask for changes instead')
    .option('--sha256 <hash>', 'only this content: refused when it holds another by now')
    .action((script: string, flags: { readonly note: string; readonly changes?: boolean; readonly sha256?: string }) =>
      decide(context(), script, {
        decision: flags.changes === true ? 'changes_requested' : 'rejected',
        note: flags.note,
        sha256: flags.sha256,
      }),
    );
  scripts
    .command('comment <script> <text>')
    .description('Say something of what a script holds now.')
    .option('--line <n>', 'of this line; of the whole when absent')
    .action(async (script: string, text: string, { line }: { readonly line?: string }) => {
      const done = await withConnection(context(), async ({ client }) => {
        const { id, path, version } = await findScript(client, script);
        if (version === null) throw new CommandError(exitStatus.notFound, `${printable(path)} is missing.`);
        return client.commentScript({ params: { id }, body: { sha256: version.sha256, line: lineOf(line), text } });
      });
      await emit(context(), done, () => tell(context(), `Said of ${printable(done.path)}.`));
    });
  addScriptFileCommands(scripts, context);
}
