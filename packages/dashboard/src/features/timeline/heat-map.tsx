import { Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Loaded } from '../../components/loaded.tsx';
import { api } from '../../lib/api.ts';
import type { Span } from './axis.ts';
import type { JobsAsked } from './filter.ts';
import { heatRow } from './heat.ts';
import './timeline.css';

const weekdays = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'];
const hours = Array.from({ length: 24 }, (_, hour) => hour);

/** Hour by weekday on the wall clock: what ran and what is due, the fuller the darker, failures named. */
export function HeatMap({
  span,
  zone,
  asked,
}: {
  readonly span: Span;
  readonly zone: string;
  readonly asked: JobsAsked;
}) {
  const [from, to] = [new Date(span.from).toISOString(), new Date(span.to).toISOString()];
  const query = useQuery({
    queryKey: ['timeline', 'heat', from, to, zone, asked],
    queryFn: () => api.heatMap({ query: { from, to, timezone: zone, ...asked } }),
    placeholderData: (before) => before,
  });
  return (
    <Loaded query={query} rows={8}>
      {({ cells, estimated }) => {
        return (
          <div className="jtp-lanes-scroll">
            <table className="jtp-heat">
              <caption className="jtp-heat-caption">
                <Text size="sm" ta="left" mb={6}>
                  Runs and due instants by weekday and hour ({zone}). A cross marks failures.
                  {estimated ? ' Part of the future was reckoned from its rate.' : ''}
                </Text>
              </caption>
              <thead>
                <tr>
                  <th scope="col">
                    <span className="jtp-unseen">Weekday</span>
                  </th>
                  {hours.map((hour) => (
                    <th key={hour} scope="col">
                      {String(hour).padStart(2, '0')}
                    </th>
                  ))}
                </tr>
              </thead>
              <tbody>
                {weekdays.map((name, at) => (
                  <tr key={name}>
                    <th scope="row">{name}</th>
                    {heatRow(cells, at + 1, name).map(({ count, share, failed, words }, hour) => (
                      <td
                        key={hour}
                        title={words}
                        style={{
                          background: `color-mix(in srgb, var(--jtp-running) ${share}%, transparent)`,
                        }}
                      >
                        {count === 0 ? '' : count}
                        {failed ? <span className="jtp-state-failed"> ×</span> : null}
                      </td>
                    ))}
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        );
      }}
    </Loaded>
  );
}
