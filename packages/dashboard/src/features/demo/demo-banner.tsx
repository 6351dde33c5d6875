import { Alert, Text } from '@mantine/core';
import { IconFlask } from '@tabler/icons-react';
import { RemoveDemoButton } from './remove-demo.tsx';
import { counted } from './use-demo.ts';

/** Says that what is seen is partly made up, and leads out of it. */
export function DemoBanner({ jobs }: { readonly jobs: number }) {
  if (jobs === 0) return null;
  return (
    <Alert variant="outline" color="gray" icon={<IconFlask aria-hidden="true" />} className="jtp-demo-banner">
      <div className="jtp-demo-line">
        <Text size="sm">
          This installation holds demo data: {counted(jobs, 'job')}, marked “demo”. Their earlier history is made up;
          from now on they really run.
        </Text>
        <RemoveDemoButton />
      </div>
    </Alert>
  );
}
