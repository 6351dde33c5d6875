import { Alert, Group, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Look } from '../../components/state-badge.tsx';
import { api } from '../../lib/api.ts';
import { standingLooks, standingWords } from './script-words.ts';

/** How a script that is named stands, with the way to its review; nothing where no approval is required. */
export function ScriptStandingLine({ path }: { readonly path: string }) {
  const scripts = useQuery({ queryKey: ['scripts', 'approvals'], queryFn: () => api.listScriptApprovals() });
  if (scripts.data?.required !== true || path === '') return null;
  const found = scripts.data.items.find((script) => script.path === path);
  if (found === undefined)
    return (
      <Text size="sm" c="dimmed">
        Scripts need approval here: once the job is saved, another person than you has to approve this one.
      </Text>
    );
  return (
    <Group gap="xs">
      <Look look={standingLooks[found.standing]} />
      <Link to="/scripts/$id" params={{ id: found.id }} className="jtp-link">
        Review
      </Link>
    </Group>
  );
}

/** Over the page of a job: each of its scripts that keeps it from running. */
export function ScriptsHeld({ paths }: { readonly paths: readonly string[] }) {
  const scripts = useQuery({
    queryKey: ['scripts', 'approvals'],
    queryFn: () => api.listScriptApprovals(),
    enabled: paths.length > 0,
  });
  if (scripts.data?.required !== true) return null;
  const held = scripts.data.items.filter(({ path, standing }) => paths.includes(path) && standing !== 'approved');
  return held.map(({ id, path, standing }) => (
    <Alert
      key={id}
      variant="outline"
      color="yellow"
      className="jtp-alert-attention jtp-inline"
      title={`${path}: ${standingLooks[standing].label.toLowerCase()}`}
    >
      {standingWords[standing].replace(' What was approved last is compared below.', '')}{' '}
      <Link to="/scripts/$id" params={{ id }} className="jtp-link">
        Review
      </Link>
    </Alert>
  ));
}
