import { useRouter } from '@tanstack/react-router';
import { useEffect } from 'react';

interface LeadOnProps {
  readonly to: '/' | '/setup' | '/sign-in';
  /** Come back here afterwards. */
  readonly andBack?: boolean;
}

/**
 * Leads to another page, once. The router's own `Navigate` sets out anew whenever what is around it draws, and while a
 * page loads its own address is what changes: each round would name the last one as the page to come back to, without end.
 */
export function LeadOn({ to, andBack = false }: LeadOnProps) {
  const router = useRouter();
  useEffect(() => {
    const { href, pathname } = router.latestLocation;
    if (pathname === to) return;
    void router.navigate({ to, ...(andBack ? { search: { to: href } } : {}), replace: true });
  }, [router, to, andBack]);
  return null;
}
