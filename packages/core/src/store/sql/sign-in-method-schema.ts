/** Tables of what people show besides a password. */
interface OneTimeKeyRow {
  created_at: number;
  person_id: number;
  secret: string;
  confirmed_at: number | null;
  last_step: number;
  wrong: number;
  wrong_since: number;
}

export interface PasskeyRow {
  created_at: number;
  id: number;
  person_id: number;
  name: string;
  credential_id: string;
  public_key: string;
  counter: number;
  /** Separated by spaces. */
  transports: string;
  used_at: number | null;
}

export interface SignInChallengeRow {
  created_at: number;
  hash: string;
  purpose: string;
  expires_at: number;
  person_id: number | null;
  epoch: number;
  sign_in: string | null;
  challenge: string | null;
  tries: number;
}

export interface SignInMethodSchema {
  one_time_keys: OneTimeKeyRow;
  recovery_codes: { person_id: number; hash: string };
  passkeys: PasskeyRow;
  sign_in_challenges: SignInChallengeRow;
}
