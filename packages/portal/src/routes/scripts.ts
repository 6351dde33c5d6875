import type { FastifyInstance } from 'fastify';
import { endpoints } from 'job-trigger-contract';
import { scriptApprovalToWire, scriptReviewToWire } from 'job-trigger-contract/mapping';
import type { Actor } from 'job-trigger-core';
import type { PortalOptions } from '../portal.ts';
import { referenceOf } from '../references.ts';
import { serve } from '../route.ts';

/** Approval of scripts. */
export function scriptRoutes(app: FastifyInstance, { operations: { scripts } }: PortalOptions): void {
  const idOf = ({ id }: { readonly id: string }): number => referenceOf(id, 'script').id;
  const reviewed = async (id: number, actor: Actor) => scriptReviewToWire(await scripts.review(id, actor), scripts);

  serve(app, endpoints.listScriptApprovals, async ({ actor }) => ({
    required: scripts.required,
    approvals_needed: scripts.approvals,
    items: (await scripts.list(actor)).map(scriptApprovalToWire),
  }));

  serve(app, endpoints.reviewScript, ({ params, actor }) => reviewed(idOf(params), actor));

  serve(app, endpoints.decideScript, async ({ params, body, actor }) => {
    const { decision, sha256: hash, note = null } = body;
    await scripts.decide(idOf(params), { decision, hash, note }, actor);
    return reviewed(idOf(params), actor);
  });

  serve(app, endpoints.commentScript, async ({ params, body, actor }) => {
    const { sha256: hash, line = null, text } = body;
    await scripts.comment(idOf(params), { hash, line, text }, actor);
    return reviewed(idOf(params), actor);
  });
}
