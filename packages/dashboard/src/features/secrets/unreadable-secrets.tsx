import { Alert, List, Text } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import type { Secret } from 'job-trigger-contract';
import { When } from '../../components/when.tsx';
import './secrets.css';

/** What cannot be read as things are, which jobs that concerns, and when. Nothing where all can. */
export function UnreadableSecrets({ secrets }: { readonly secrets: readonly Secret[] }) {
  const broken = secrets.filter(({ problem }) => problem !== null);
  if (broken.length === 0) return null;
  const isKey = broken.some(({ provider }) => provider === 'local');
  const title = broken.length === 1 ? 'A secret cannot be read here' : `${broken.length} secrets cannot be read here`;
  return (
    <Alert color="red" variant="outline" role="alert" title={title} className="jtp-alert">
      <List size="sm" className="jtp-used-by">
        {broken.slice(0, 20).map(({ id, name, problem, used_by: jobs }) => (
          <List.Item key={id}>
            <strong>{name}</strong>: {problem}
            {jobs.length === 0 ? ' No job uses it.' : ' Fails: '}
            {jobs.slice(0, 5).map((job, at) => (
              <span key={job.id}>
                {at === 0 ? '' : ', '}
                <Link to="/jobs/$id" params={{ id: job.id }} className="jtp-link">
                  {job.name}
                </Link>{' '}
                {job.next_due_at === null ? 'when it is started' : <When at={job.next_due_at} planned />}
              </span>
            ))}
            {jobs.length > 5 ? ` and ${jobs.length - 5} more` : ''}
          </List.Item>
        ))}
      </List>
      {broken.length > 20 ? <Text size="sm">and {broken.length - 20} more.</Text> : null}
      <Text size="sm" mt="xs">
        {isKey
          ? 'Bring back the key that secrets were sealed with: secret.key out of a backup, or the former JOB_PORTAL_SECRET_KEY. Until then none can be set or rotated.'
          : 'This is what the portal has. A worker that was started with more can read them.'}
      </Text>
    </Alert>
  );
}
