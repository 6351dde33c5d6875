/**
 * The end of the audit's chain as the server moves it: numbered, chained and written in one statement, so that nobody waits
 * for the end while another process thinks. What a hash is made of is `store/audit-chain.ts`'s; the answer is the same.
 */
import type { AuditStatements } from '../sql/statement.ts';

const own =
  'person_id, name, via, address, request_id, key_id, action, subject_kind, subject_id, subject_name, changes';
const columns = own.replaceAll(/[a-z_]+/g, (name) => `g.${name}`);

export const auditStatements: AuditStatements = {
  append: {
    name: 'append_audit',
    text: `WITH RECURSIVE head AS MATERIALIZED (SELECT sequence, hash, now_ms() AS now FROM audit_head FOR UPDATE),
given AS MATERIALIZED (SELECT * FROM json_to_recordset(:rows::json) AS d(place int, person_id bigint, name text, via text, address text,
  request_id text, key_id bigint, action text, subject_kind text, subject_id text, subject_name text, changes text, rest text)),
chain AS (SELECT CASE WHEN sequence = 0 THEN 0 ELSE 1 END AS place, sequence, hash, now, false AS is_new FROM head
  UNION ALL SELECT g.place, c.sequence + 1, encode(sha256(convert_to(
    c.hash || '["jtp-audit-1",' || (c.sequence + 1) || ',' || c.now || ',' || g.rest, 'UTF8')), 'hex'), c.now, true
  FROM chain c JOIN given g ON g.place = c.place + 1)
INSERT INTO audit (sequence, at, ${own}, hash) SELECT c.sequence, c.now, ${columns}, c.hash
FROM chain c JOIN given g ON g.place = c.place WHERE c.is_new ORDER BY c.sequence`,
  },
  moveHead: {
    name: 'move_audit_head',
    text: `UPDATE audit_head h SET sequence = a.sequence, hash = a.hash FROM audit a
WHERE a.sequence = h.sequence + :count + CASE WHEN h.sequence = 0 THEN 1 ELSE 0 END`,
  },
};
