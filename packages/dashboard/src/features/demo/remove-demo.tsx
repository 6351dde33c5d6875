import { Button, Group, Modal, Stack, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { Loading } from '../../components/loading.tsx';
import { ErrorPanel } from '../../components/error-panel.tsx';
import { counted, useDemo, useDemoRemoval } from './use-demo.ts';
import { useMay } from '../runs/use-may.ts';

function Loss({ close }: { readonly close: () => void }) {
  const demo = useDemo(true);
  const removal = useDemoRemoval();
  if (demo.isError) return <ErrorPanel error={demo.error} retry={() => void demo.refetch()} />;
  if (demo.data === undefined) return <Loading rows={3} />;
  const { jobs, runs, files } = demo.data;
  return (
    <Stack>
      <Text size="sm">
        {counted(jobs, 'job')} with {counted(runs, 'run')}, their output and their ledger, also where you changed or ran
        them. What runs of them now is cancelled first.
        {files.length === 0 ? '' : ` ${counted(files.length, 'script')} in the scripts folder go too, if unchanged.`}
      </Text>
      <Text size="sm">
        Your own jobs stay as they are. This cannot be undone; <code>jtp start --demo</code> brings a fresh demo.
      </Text>
      <Group justify="flex-end">
        <Button variant="default" onClick={close} data-autofocus>
          Keep it
        </Button>
        <Button color="red" loading={removal.isPending} onClick={() => removal.mutate(undefined, { onSuccess: close })}>
          Remove demo data
        </Button>
      </Group>
    </Stack>
  );
}

/** One click, one question that says what is lost. */
export function RemoveDemoButton() {
  const [opened, { open, close }] = useDisclosure(false);
  const refusal = useMay('admin');
  return (
    <>
      <Button variant="default" size="xs" disabled={refusal !== null} title={refusal ?? undefined} onClick={open}>
        Remove demo data
      </Button>
      <Modal opened={opened} onClose={close} title="Remove the demo data?">
        {opened ? <Loss close={close} /> : null}
      </Modal>
    </>
  );
}
