import { Paper, Title } from '@mantine/core';
import { useEffect, useState, type ReactNode } from 'react';
import './editor.css';

/** Parts of the editor in the order in which one writes a job. */
const sections = [
  { id: 'what', title: 'What' },
  { id: 'run', title: 'Run' },
  { id: 'when', title: 'When' },
  { id: 'parameters', title: 'Parameters' },
  { id: 'depends', title: 'Depends on' },
  { id: 'failure', title: 'If it fails' },
  { id: 'rules', title: 'Rules' },
] as const;
type SectionId = (typeof sections)[number]['id'];

const elementOf = (id: SectionId): HTMLElement | null => document.getElementById(`section-${id}`);

/** The section that the eye is on: the last whose top has passed the upper third. */
function useSection(): SectionId {
  const [here, setHere] = useState<SectionId>('what');
  useEffect(() => {
    function look(): void {
      const line = window.innerHeight / 3;
      const atEnd = window.innerHeight + window.scrollY >= document.documentElement.scrollHeight - 2;
      const passed = sections.filter(({ id }) => (elementOf(id)?.getBoundingClientRect().top ?? Infinity) <= line);
      setHere((atEnd && window.scrollY > 0 ? sections.at(-1) : passed.at(-1))?.id ?? 'what');
    }
    look();
    window.addEventListener('scroll', look, { passive: true });
    return () => window.removeEventListener('scroll', look);
  }, []);
  return here;
}

/** The way to each part; it stays in sight. */
export function SectionLinks() {
  const here = useSection();
  return (
    <nav aria-label="Parts of the job" className="jtp-sections">
      {sections.map(({ id, title }) => (
        <a
          key={id}
          href={`#section-${id}`}
          aria-current={id === here ? 'true' : undefined}
          onClick={(event) => {
            event.preventDefault();
            const section = elementOf(id);
            section?.scrollIntoView({ block: 'start' });
            section?.focus({ preventScroll: true });
          }}
        >
          {title}
        </a>
      ))}
    </nav>
  );
}

export function Section({ id, children }: { readonly id: SectionId; readonly children: ReactNode }) {
  const title = sections.find((section) => section.id === id)?.title;
  return (
    <Paper
      component="section"
      withBorder
      p="md"
      id={`section-${id}`}
      tabIndex={-1}
      aria-labelledby={`title-${id}`}
      className="jtp-section"
    >
      <Title order={2} size="h4" id={`title-${id}`} mb="sm">
        {title}
      </Title>
      {children}
    </Paper>
  );
}
