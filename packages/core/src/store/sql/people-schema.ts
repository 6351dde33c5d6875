/** Tables of people, and of what they come in with. */
import type { ColumnType } from 'kysely';

type Flag = ColumnType<boolean | 0 | 1, boolean, boolean>;

export interface PersonRow {
  created_at: number;
  id: number;
  email: string;
  name: string;
  role: string;
  timezone: string;
  active: Flag;
  password_hash: string;
  epoch: number;
  approver: Flag;
  seen_at: number | null;
}

export interface SignInRow {
  created_at: number;
  hash: string;
  person_id: number;
  seen_at: number;
  expires_at: number;
  user_agent: string | null;
  address: string | null;
  epoch: number;
  proven_at: number;
  viewed_id: number | null;
  viewed_until: number | null;
}

export interface InvitationRow {
  created_at: number;
  id: number;
  email: string;
  role: string;
  approver: Flag;
  hash: string;
  expires_at: number;
  invited_by: string;
}

export interface ApiKeyRow {
  created_at: number;
  id: number;
  person_id: number;
  name: string;
  sort_name: string;
  /** Separated by spaces, as `addresses` are. */
  scopes: string;
  addresses: string;
  hash: string;
  former_hash: string | null;
  former_until: number | null;
  expires_at: number;
  used_at: number | null;
  used_from: string | null;
}

export interface IdentityRow {
  created_at: number;
  id: number;
  person_id: number;
  issuer: string;
  subject: string;
  account: string;
  used_at: number;
}

export interface OidcFlowRow {
  state_hash: string;
  browser_hash: string;
  provider: string;
  person_id: number | null;
  invitation_hash: string | null;
  timezone: string | null;
  expires_at: number;
}

export interface TokenKeyRow {
  created_at: number;
  id: number;
  sealed: string;
}

export interface RefreshTokenRow {
  created_at: number;
  hash: string;
  sign_in: string;
  used_at: number | null;
}

export interface DeviceSignInRow {
  created_at: number;
  hash: string;
  code_hash: string;
  expires_at: number;
  client: string;
  host: string;
  address: string | null;
  next_ask_at: number;
  interval_seconds: number;
  decision: string | null;
  person_id: number | null;
  epoch: number;
}

interface PageSettingRow {
  owner_id: number;
  key: string;
  value: string;
}

export interface PeopleSchema {
  identities: IdentityRow;
  oidc_flows: OidcFlowRow;
  people: PersonRow;
  sign_ins: SignInRow;
  invitations: InvitationRow;
  api_keys: ApiKeyRow;
  token_keys: TokenKeyRow;
  refresh_tokens: RefreshTokenRow;
  device_sign_ins: DeviceSignInRow;
  page_settings: PageSettingRow;
}
