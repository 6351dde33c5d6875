/** Keys of one act. A double click or a request that is sent again has the same one, so that it has one effect. */
export class RepeatKey {
  #key = '';
  #request: string | null = null;

  /** The header for this request: the same until {@link done} or until something else is asked. */
  headersFor(request: unknown): { readonly 'idempotency-key': string } {
    const text = JSON.stringify(request ?? null);
    if (this.#request !== text) {
      this.#request = text;
      // `randomUUID` is absent on a plain-HTTP address of a private network.
      this.#key = Array.from(crypto.getRandomValues(new Uint32Array(4)), (part) => part.toString(36)).join('-');
    }
    return { 'idempotency-key': this.#key };
  }

  /** It was answered: the next one is a new request. */
  done(): void {
    this.#request = null;
  }
}
