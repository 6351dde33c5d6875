import { ScrollArea } from '@mantine/core';
import './monitors.css';

interface CodeLineProps {
  readonly text: string;
  /** For screen readers. */
  readonly label: string;
  readonly className?: string;
}

/** Text of a program, word for word; what is too wide is scrolled to, by keys as well. */
export function CodeLine({ text, label, className = '' }: CodeLineProps) {
  return (
    <ScrollArea type="auto" viewportProps={{ tabIndex: 0, role: 'region', 'aria-label': label }}>
      <pre className={`jtp-code-line ${className}`}>{text}</pre>
    </ScrollArea>
  );
}
