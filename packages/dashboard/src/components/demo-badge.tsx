import { Badge } from '@mantine/core';

/** Beside the name of what came with a demo and goes with it. */
export function DemoBadge({ shown, size = 'xs' }: { readonly shown: boolean; readonly size?: 'xs' | 'sm' }) {
  if (!shown) return null;
  return (
    <Badge
      size={size}
      variant="outline"
      color="gray"
      tt="none"
      className="jtp-demo-badge"
      title="Came with the demo data"
    >
      demo
    </Badge>
  );
}
