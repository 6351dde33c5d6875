import { Button } from '@mantine/core';
import { useLocation, useNavigate } from '@tanstack/react-router';
import { useCallback, useEffect, useRef, useState, useSyncExternalStore } from 'react';
import { copyText } from '../../components/copy-text.tsx';
import { EmptyState } from '../../components/empty-state.tsx';
import { ErrorPanel } from '../../components/error-panel.tsx';
import { Loading } from '../../components/loading.tsx';
import { sayDone, sayFailed } from '../../components/say.ts';
import { zoneFor } from '../../components/when.tsx';
import { useZoneMode } from '../../lib/store.ts';
import { plainOf } from './ansi.ts';
import { hashOf, lookOf, markOf, reaching, type LineMark } from './line-mark.ts';
import { LogFoot } from './log-foot.tsx';
import { LogLineRow, type Times } from './log-line-row.tsx';
import { LogToolbar } from './log-toolbar.tsx';
import './log.css';
import { contentHeight, placeOf, rowHeight } from './scroll.ts';
import { useLogFeed } from './use-log-feed.ts';
import { useLogKeys } from './use-log-keys.ts';
import { useLogScroll } from './use-log-scroll.ts';
import { useLogSearch } from './use-log-search.ts';
import { base } from '../../lib/base.ts';

interface LogViewerProps {
  readonly runId: string;
  readonly attempt: number;
  readonly live: boolean;
  readonly startedAt: string | null;
  /** The job's zone, for clock times. */
  readonly zone: string | undefined;
  /** Marked lines stand in the address, so that a link shows them. Off where the address is another page's. */
  readonly addressed?: boolean;
}

/** Take the reader back to the end, and say how much has come meanwhile. */
function ToEnd({ unseen, onClick }: { readonly unseen: number; readonly onClick: () => void }) {
  return (
    <Button size="xs" className="jtp-log-new" onClick={onClick}>
      ↓ {unseen > 0 ? `${unseen.toLocaleString('en')} new` : 'Follow'}
    </Button>
  );
}

function NoLines({ growing }: { readonly growing: boolean }) {
  return growing ? (
    <EmptyState title="No output yet" text="Lines appear here as the job writes them." />
  ) : (
    <EmptyState title="This attempt wrote nothing" />
  );
}

/** A log that is whole is no higher than its lines, their scroll bar and its frame; one that grows keeps its room. */
function roomFor({ complete, lines }: { readonly complete: boolean; readonly lines: number }, wrap: boolean) {
  return complete && !wrap ? { height: `min(62vh, 720px, ${lines * rowHeight + 24}px)` } : {};
}

/** The output of one attempt; only the lines in view are ever drawn or asked for. */
export function LogViewer({ runId, attempt, live, startedAt, zone, addressed = true }: LogViewerProps) {
  const feed = useLogFeed(runId, attempt);
  const log = useSyncExternalStore(feed.subscribe, feed.state);
  const navigate = useNavigate();
  const hash = useLocation({ select: (location) => location.hash });
  const [ownMark, setOwnMark] = useState<LineMark | null>(null);
  const mark = addressed ? markOf(hash) : ownMark;
  const [wrap, setWrap] = useState(false);
  const [times, setTimes] = useState<Times>('none');
  const [follow, setFollow] = useState(live && mark === null);
  const [seen, setSeen] = useState(0);
  const search = useLogSearch(runId, attempt);
  const frame = useRef<HTMLDivElement>(null);
  const searchField = useRef<HTMLInputElement>(null);
  const lineZone = zoneFor(useZoneMode(), zone);
  const growing = !log.complete;

  const leave = useCallback((): void => {
    setFollow(false);
    setSeen((before) => (before === 0 ? feed.state().lines : before));
  }, [feed]);
  const reachEnd = useCallback((): void => {
    setSeen(0);
    setFollow(!feed.state().complete);
  }, [feed]);
  const moved = useCallback((place: number): void => (place === 1 ? reachEnd() : leave()), [leave, reachEnd]);
  const { scroller, block, geometry, place, span, onScroll, moveTo } = useLogScroll(
    log.lines,
    wrap,
    follow && growing,
    moved,
  );
  const show = useCallback(
    (line: number): void => {
      leave();
      moveTo((now) => placeOf({ ...now, lines: feed.state().lines }, line));
    },
    [feed, leave, moveTo],
  );
  const toEnd = useCallback((): void => {
    reachEnd();
    moveTo(() => 1);
  }, [reachEnd, moveTo]);

  // Once, when the first lines are there: the line of the address, else the first error, else the end.
  useEffect(() => {
    let gone = false;
    void feed.opened.then(() => {
      if (gone) return;
      const line = (addressed ? markOf(window.location.hash)?.from : undefined) ?? feed.state().firstErrorLine;
      if (line === null) toEnd();
      else show(line);
    });
    return () => {
      gone = true;
    };
  }, [feed, show, toEnd, addressed]);
  useEffect(() => feed.want(span.from, span.to), [feed, span.from, span.to, log.lines]);

  const setMark = useCallback(
    (line: number, extend: boolean): void => {
      const before = addressed ? markOf(window.location.hash) : ownMark;
      const next = reaching(extend ? before : null, line);
      if (!addressed) return setOwnMark(next);
      void navigate({
        to: '.',
        search: true,
        hash: hashOf(next),
        replace: true,
        resetScroll: false,
        hashScrollIntoView: false,
      });
    },
    [navigate, addressed, ownMark],
  );
  const whole = useCallback((line: number): void => void feed.showWhole(line).catch(sayFailed), [feed]);
  function step(direction: 1 | -1): void {
    const line = search.step(direction);
    if (line !== null) show(line);
  }
  async function copy(): Promise<void> {
    const { from, to } = mark ?? span;
    const lines = await feed.lines(from, to);
    await copyText(`${lines.map((line) => plainOf(line.text)).join('\n')}\n`);
    sayDone(`${lines.length} ${lines.length === 1 ? 'line' : 'lines'} copied`);
  }
  useLogKeys(frame, {
    f: () => (follow ? leave() : toEnd()),
    n: () => step(1),
    N: () => step(-1),
    w: () => setWrap(!wrap),
    g: () => show(1),
    G: toEnd,
    '/': () => searchField.current?.focus(),
  });

  if (!log.opened) return log.error === null ? <Loading rows={8} height={16} /> : <ErrorPanel error={log.error} />;
  const numbers = Array.from({ length: Math.max(0, span.to - span.from + 1) }, (_, index) => span.from + index);
  const started = startedAt === null ? null : Date.parse(startedAt);
  return (
    <div ref={frame}>
      <LogToolbar
        search={search}
        searchField={searchField}
        onStep={step}
        follow={growing ? follow : null}
        onFollow={(on) => (on ? toEnd() : leave())}
        wrap={wrap}
        onWrap={setWrap}
        times={times}
        onTimes={setTimes}
        firstErrorLine={log.firstErrorLine}
        onFirstError={show}
        onCopy={() => void copy().catch(sayFailed)}
        copyLabel={mark === null ? 'Copy what is shown' : 'Copy marked lines'}
        download={`${base}/api/runs/${encodeURIComponent(runId)}/log?download=true&attempt=${attempt}`}
      />
      {log.error === null ? null : <ErrorPanel error={log.error} />}
      {log.lines === 0 ? (
        <NoLines growing={growing} />
      ) : (
        <div className="jtp-log-frame">
          <div
            ref={scroller}
            role="log"
            aria-live="off"
            aria-label={`Output of attempt ${attempt}, ${log.lines.toLocaleString('en')} lines`}
            tabIndex={0}
            className={wrap ? 'jtp-log jtp-log-wrap' : 'jtp-log'}
            style={roomFor(log, wrap)}
            onScroll={onScroll}
            data-place={place.toFixed(6)}
          >
            <div className="jtp-log-space" style={{ height: contentHeight(geometry) }}>
              <div className="jtp-log-layer" style={{ height: geometry.viewport }}>
                <div ref={block} className="jtp-log-block">
                  {numbers.map((line) => (
                    <LogLineRow
                      key={line}
                      number={line}
                      line={feed.at(line)}
                      look={lookOf(line, { here: search.here, hits: search.hits, mark })}
                      times={times}
                      zone={lineZone}
                      startedAt={started}
                      onNumber={setMark}
                      onWhole={whole}
                    />
                  ))}
                </div>
              </div>
            </div>
          </div>
          {!follow && growing ? <ToEnd unseen={seen > 0 ? log.lines - seen : 0} onClick={toEnd} /> : null}
        </div>
      )}
      <LogFoot log={log} lastAt={feed.at(log.lines)?.at ?? null} />
    </div>
  );
}
