import { Button, Text, VisuallyHidden } from '@mantine/core';
import type { ScriptReview } from 'job-trigger-contract';
import { Fragment, useState, type ReactNode } from 'react';
import { CommentForm } from './comment-form.tsx';
import { SaidHere } from './script-notes.tsx';
import './scripts.css';
import { nearDifference, pairsOf, type Line, type Pair } from './side-by-side.ts';

const signs = { same: ' ', removed: '−', added: '+' } as const;
const signWords = { same: '', removed: 'Taken out: ', added: 'Put in: ' } as const;

interface LinesProps {
  readonly review: ScriptReview;
  readonly isBeside: boolean;
  readonly isWhole: boolean;
  /** The place of the change that `]` and `[` have come to. */
  readonly here: number | null;
}

/** The difference to what was approved last; each line of what the file holds now can be spoken about. */
export function ScriptLines({ review, isBeside, isWhole, here }: LinesProps) {
  const [speaksOf, setSpeaksOf] = useState<number | null>(null);
  const near = isWhole ? review.lines.map(() => true) : nearDifference(review.lines);
  const place = (line: Line | null): ReactNode =>
    line?.after === null || line === null ? (
      (line?.before ?? '')
    ) : (
      <button type="button" aria-label={`Comment on line ${line.after}`} onClick={() => setSpeaksOf(line.after)}>
        {line.after}
      </button>
    );
  const below = (line: Line | null, span: number): ReactNode => {
    const after = line?.after ?? null;
    if (after === null) return null;
    return (
      <>
        <SaidHere review={review} line={after} span={span} />
        {speaksOf === after ? (
          <tr className="jtp-script-said">
            <td colSpan={span}>
              <CommentForm review={review} line={after} close={() => setSpeaksOf(null)} />
            </td>
          </tr>
        ) : null}
      </>
    );
  };
  return (
    <div className="jtp-script-frame">
      <table className="jtp-script-lines" aria-label={`What ${review.path} holds`}>
        {isBeside ? (
          <Beside lines={review.lines} near={near} here={here} place={place} below={below} />
        ) : (
          <Unified lines={review.lines} near={near} here={here} place={place} below={below} />
        )}
      </table>
    </div>
  );
}

/** Lines that nothing is said about: a content, or what differs. */
export function PlainLines({ label, lines }: { readonly label: string; readonly lines: readonly Line[] }) {
  return (
    <div className="jtp-script-frame">
      <table className="jtp-script-lines" aria-label={label}>
        <Unified
          lines={lines}
          near={lines.map(() => true)}
          here={null}
          place={(line) => line?.after ?? line?.before ?? ''}
          below={() => null}
        />
      </table>
    </div>
  );
}

interface BodyProps {
  readonly lines: readonly Line[];
  readonly near: readonly boolean[];
  readonly here: number | null;
  readonly place: (line: Line | null) => ReactNode;
  readonly below: (line: Line | null, span: number) => ReactNode;
}

function Fold({ span }: { readonly span: number }) {
  return (
    <tr className="jtp-script-fold">
      <td colSpan={span}>⋯ the same</td>
    </tr>
  );
}

function Unified({ lines, near, here, place, below }: BodyProps) {
  return (
    <>
      <colgroup>
        <col style={{ width: '3.4em' }} />
        <col style={{ width: '1.8em' }} />
        <col />
      </colgroup>
      <tbody>
        {lines.map((line, at) => {
          if (near[at] !== true) return at === 0 || near[at - 1] === true ? <Fold key={at} span={3} /> : null;
          return (
            <Fragment key={at}>
              <tr data-kind={line.kind} data-place={at} data-change={here === at ? 'here' : undefined}>
                <td className="jtp-script-place">{place(line)}</td>
                <td aria-hidden="true">{signs[line.kind]}</td>
                <td>
                  {line.kind === 'same' ? null : <VisuallyHidden>{signWords[line.kind]}</VisuallyHidden>}
                  {line.text}
                </td>
              </tr>
              {below(line, 3)}
            </Fragment>
          );
        })}
      </tbody>
    </>
  );
}

function Side({ line, place }: { readonly line: Line | null; readonly place: ReactNode }) {
  return (
    <>
      <td className="jtp-script-place" data-kind={line?.kind}>
        {place}
      </td>
      <td data-kind={line?.kind}>{line?.text ?? ''}</td>
    </>
  );
}

function Beside({ lines, near, here, place, below }: BodyProps) {
  const places = new Map(lines.map((line, at) => [line, at]));
  const pairs = pairsOf(lines);
  const placeOf = ({ before, after }: Pair): number => places.get((before ?? after) as Line) ?? 0;
  const isNear = (pair: Pair): boolean => near[placeOf(pair)] === true;
  return (
    <>
      <colgroup>
        <col style={{ width: '3.4em' }} />
        <col />
        <col style={{ width: '3.4em' }} />
        <col />
      </colgroup>
      <thead>
        <tr>
          <td aria-hidden="true" />
          <td>
            <Text size="xs" c="dimmed">
              Approved last
            </Text>
          </td>
          <td aria-hidden="true" />
          <td>
            <Text size="xs" c="dimmed">
              Now
            </Text>
          </td>
        </tr>
      </thead>
      <tbody>
        {pairs.map((pair, at) => {
          const last = pairs[at - 1];
          const isFirst = last === undefined || isNear(last);
          if (!isNear(pair)) return isFirst ? <Fold key={at} span={4} /> : null;
          const { before, after } = pair;
          const isHere = [before, after].some((line) => line !== null && places.get(line) === here);
          return (
            <Fragment key={at}>
              <tr data-place={placeOf(pair)} data-change={isHere ? 'here' : undefined}>
                <Side line={before} place={before?.before ?? ''} />
                <Side line={after} place={place(after)} />
              </tr>
              {below(after, 4)}
            </Fragment>
          );
        })}
      </tbody>
    </>
  );
}

/** How many changes there are, and the way from one to the next. */
export function ChangeSteps({
  changes,
  here,
  step,
}: {
  readonly changes: number;
  readonly here: number | null;
  readonly step: (by: 1 | -1) => void;
}) {
  if (changes === 0) return null;
  return (
    <>
      <Text size="sm" c="dimmed" component="span">
        {here === null ? `${changes} ${changes === 1 ? 'change' : 'changes'}` : `Change ${here + 1} of ${changes}`}
      </Text>
      <Button.Group>
        <Button size="xs" variant="default" aria-label="Previous change" title="[" onClick={() => step(-1)}>
          ↑
        </Button>
        <Button size="xs" variant="default" aria-label="Next change" title="]" onClick={() => step(1)}>
          ↓
        </Button>
      </Button.Group>
    </>
  );
}
