import { Button, Group, Text } from '@mantine/core';
import { useLocation, useNavigate } from '@tanstack/react-router';
import { useCallback, useEffect, useMemo, useRef, useState, useSyncExternalStore, type KeyboardEvent } from 'react';
import { copyText } from '../../components/copy-text.tsx';
import { EmptyState } from '../../components/empty-state.tsx';
import { ErrorPanel } from '../../components/error-panel.tsx';
import { Loading } from '../../components/loading.tsx';
import { sayDone, sayFailed } from '../../components/say.ts';
import { zoneFor } from '../../components/when.tsx';
import { api } from '../../lib/api.ts';
import { useZoneMode } from '../../lib/store.ts';
import { bytesText } from '../../lib/time.ts';
import { plainOf } from './ansi.ts';
import { hashOf, markOf } from './line-mark.ts';
import { LastOutput } from './last-output.tsx';
import { LogFeed } from './log-feed.ts';
import { LogLineRow, type Times } from './log-line-row.tsx';
import { LogToolbar } from './log-toolbar.tsx';
import './log.css';
import { contentHeight, placeOf } from './scroll.ts';
import { useLogScroll } from './use-log-scroll.ts';
import { useLogSearch } from './use-log-search.ts';

interface LogViewerProps {
  readonly runId: string;
  readonly attempt: number;
  readonly live: boolean;
  readonly startedAt: string | null;
  /** The job's zone, for clock times. */
  readonly zone: string | undefined;
}

function useFeed(runId: string, attempt: number): LogFeed {
  const feed = useMemo(
    () =>
      new LogFeed(
        ({ full_line, ...ask }) =>
          api.runLog({
            params: { id: runId },
            query: { attempt, ...ask, ...(full_line === true ? { full_line: 'true' } : {}) },
          }),
        () => document.hidden,
      ),
    [runId, attempt],
  );
  useEffect(() => {
    feed.start();
    return () => feed.stop();
  }, [feed]);
  return feed;
}

/** The output of one attempt; only the lines in view are ever drawn or asked for. */
export function LogViewer({ runId, attempt, live, startedAt, zone }: LogViewerProps) {
  const feed = useFeed(runId, attempt);
  const log = useSyncExternalStore(feed.subscribe, feed.state);
  const navigate = useNavigate();
  const mark = markOf(useLocation({ select: (location) => location.hash }));
  const [wrap, setWrap] = useState(false);
  const [times, setTimes] = useState<Times>('none');
  const [follow, setFollow] = useState(live && mark === null);
  const [seen, setSeen] = useState(0);
  const search = useLogSearch(runId, attempt);
  const searchField = useRef<HTMLInputElement>(null);
  const lineZone = zoneFor(useZoneMode(), zone);
  const growing = !log.complete;

  const moved = useCallback(
    (place: number): void => {
      const atEnd = place === 1;
      setFollow(atEnd && !feed.state().complete);
      if (!atEnd) setSeen((before) => (before === 0 ? feed.state().lines : before));
      else setSeen(0);
    },
    [feed],
  );
  const { scroller, block, geometry, place, span, onScroll, moveTo } = useLogScroll(
    log.lines,
    wrap,
    follow && growing,
    moved,
  );

  const show = useCallback(
    (line: number): void => {
      setFollow(false);
      setSeen((before) => (before === 0 ? feed.state().lines : before));
      moveTo((now) => placeOf({ ...now, lines: feed.state().lines }, line));
    },
    [feed, moveTo],
  );
  const toEnd = useCallback((): void => {
    setSeen(0);
    setFollow(!feed.state().complete);
    moveTo(() => 1);
  }, [feed, moveTo]);

  // Once, when the first answer is there: the line of the address, else the first error, else the end.
  const placed = useRef<LogFeed | null>(null);
  useEffect(() => {
    if (!log.opened || log.lines === 0 || placed.current === feed) return;
    placed.current = feed;
    if (mark !== null) show(mark.from);
    else if (log.firstErrorLine !== null) show(log.firstErrorLine);
    else toEnd();
  }, [feed, log.opened, log.lines, log.firstErrorLine, mark, show, toEnd]);

  useEffect(() => feed.want(span.from, span.to), [feed, span.from, span.to, log.lines]);

  const setMark = useCallback(
    (line: number, extend: boolean): void => {
      const before = markOf(window.location.hash);
      const next =
        extend && before !== null
          ? { from: Math.min(before.from, line), to: Math.max(before.from, line) }
          : { from: line, to: line };
      void navigate({
        to: '.',
        search: true as never,
        hash: hashOf(next),
        replace: true,
        resetScroll: false,
        hashScrollIntoView: false,
      });
    },
    [navigate],
  );
  const whole = useCallback((line: number): void => void feed.showWhole(line).catch(sayFailed), [feed]);
  function step(direction: 1 | -1): void {
    const line = search.step(direction);
    if (line !== null) show(line);
  }
  async function copy(): Promise<void> {
    const [from, to] = mark === null ? [span.from, span.to] : [mark.from, mark.to];
    const lines = await feed.lines(from, to);
    await copyText(`${lines.map((line) => plainOf(line.text)).join('\n')}\n`);
    sayDone(`${lines.length} ${lines.length === 1 ? 'line' : 'lines'} copied`);
  }
  function key(event: KeyboardEvent<HTMLDivElement>): void {
    if (
      event.ctrlKey ||
      event.metaKey ||
      event.altKey ||
      event.target instanceof HTMLInputElement ||
      event.target instanceof HTMLSelectElement
    )
      return;
    const acts: Readonly<Record<string, () => void>> = {
      f: () => (follow ? setFollow(false) : toEnd()),
      n: () => step(1),
      N: () => step(-1),
      w: () => setWrap(!wrap),
      g: () => show(1),
      G: toEnd,
      '/': () => searchField.current?.focus(),
    };
    const act = acts[event.key];
    if (act === undefined) return;
    event.preventDefault();
    // The same letters mean something else to the page around.
    event.stopPropagation();
    act();
  }

  if (!log.opened) return log.error === null ? <Loading rows={8} height={16} /> : <ErrorPanel error={log.error} />;
  const unseen = seen > 0 && growing ? log.lines - seen : 0;
  const numbers = Array.from({ length: Math.max(0, span.to - span.from + 1) }, (_, index) => span.from + index);
  const started = startedAt === null ? null : Date.parse(startedAt);
  const lookOf = (line: number) =>
    line === search.here
      ? 'here'
      : search.hits.has(line)
        ? 'hit'
        : mark !== null && line >= mark.from && line <= mark.to
          ? 'marked'
          : '';
  return (
    <div onKeyDown={key}>
      <LogToolbar
        search={search}
        searchField={searchField}
        onStep={step}
        follow={growing ? follow : null}
        onFollow={(on) => (on ? toEnd() : setFollow(false))}
        wrap={wrap}
        onWrap={setWrap}
        times={times}
        onTimes={setTimes}
        firstErrorLine={log.firstErrorLine}
        onFirstError={() => log.firstErrorLine !== null && show(log.firstErrorLine)}
        onCopy={() => void copy().catch(sayFailed)}
        copyLabel={mark === null ? 'Copy what is shown' : 'Copy marked lines'}
        download={`/api/runs/${encodeURIComponent(runId)}/log?download=true&attempt=${attempt}`}
      />
      {log.error === null ? null : <ErrorPanel error={log.error} />}
      {log.lines === 0 ? (
        <EmptyState
          title={growing ? 'No output yet' : 'This attempt wrote nothing'}
          text={growing ? 'Lines appear here as the job writes them.' : undefined}
        />
      ) : (
        <div className="jtp-log-frame">
          <div
            ref={scroller}
            role="log"
            aria-live="off"
            aria-label={`Output of attempt ${attempt}, ${log.lines.toLocaleString('en')} lines`}
            tabIndex={0}
            className={wrap ? 'jtp-log jtp-log-wrap' : 'jtp-log'}
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
                      look={lookOf(line)}
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
          {!follow && growing ? (
            <Button size="xs" className="jtp-log-new" onClick={toEnd}>
              ↓ {unseen > 0 ? `${unseen.toLocaleString('en')} new` : 'Follow'}
            </Button>
          ) : null}
        </div>
      )}
      <Group gap="md" mt={6}>
        <Text size="xs" c="dimmed" className="jtp-figures">
          {log.lines.toLocaleString('en')} {log.lines === 1 ? 'line' : 'lines'}, {bytesText(log.bytes)}
        </Text>
        {log.cutBytes > 0 ? (
          <Text size="xs" fw={600}>
            {bytesText(log.cutBytes)} are missing from the middle: the output was longer than the setting for the size
            of a log allows.
          </Text>
        ) : null}
        {growing ? <LastOutput at={feed.at(log.lines)?.at ?? null} /> : null}
      </Group>
    </div>
  );
}
