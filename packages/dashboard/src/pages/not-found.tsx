import { Link } from '@tanstack/react-router';
import { EmptyState } from '../components/empty-state.tsx';
import { Page } from '../components/page.tsx';

export function NotFoundPage() {
  return (
    <main className="jtp-alone">
      <Page title="Not found">
        <EmptyState
          title="There is nothing at this address."
          text="What you look for may have been deleted or renamed."
        >
          <Link to="/jobs" className="jtp-link">
            Search the jobs
          </Link>
        </EmptyState>
      </Page>
    </main>
  );
}
