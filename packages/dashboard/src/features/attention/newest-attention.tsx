import { Stack, Text } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { When } from '../../components/when.tsx';
import { useNewestAttention } from './use-attention.ts';

const shown = 6;

/** The newest that need somebody, for a panel. */
export function NewestAttention() {
  const { data } = useNewestAttention(shown);
  if (data === undefined) return null;
  if (data.items.length === 0)
    return (
      <Text size="sm" c="dimmed">
        Nothing needs attention. Checked <When at={data.checked_at} precision="second" />
      </Text>
    );
  return (
    <Stack gap="sm" component="ul" className="jtp-plain-list">
      {data.items.map((item) => (
        <li key={item.id}>
          <Link to="/attention" search={{ item: item.id }} className="jtp-link jtp-cell-name">
            {item.title}
          </Link>
          <Text size="sm" c="dimmed" className="jtp-anywhere">
            {item.evidence} · <When at={item.since} />
          </Text>
        </li>
      ))}
      {data.next_cursor === null ? null : (
        <li>
          <Link to="/attention" className="jtp-link">
            All that needs attention
          </Link>
        </li>
      )}
    </Stack>
  );
}
