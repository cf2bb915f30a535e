import { firstVia, parseCSeq, parseNameAddr, parseNameAddrs, parseVia, type CSeq, type NameAddr, type Via } from "./headers.ts";
import { splitList } from "./params.ts";
import { parseUri, type SipUri } from "./uri.ts";

/** Why a message was refused: the SIP status that says so, and words for its reason phrase. */
export interface Problem { status: number; reason: string }

/** Thrown by the header getters of a message that is malformed there; never for messages the stack has let through. */
export class SipSyntaxError extends Error {
  override readonly name = "SipSyntaxError";
}

const emptyBody = Buffer.alloc(0);

/**
 * What requests and responses share. Headers are kept as text in the order they came and are taken apart when asked
 * for, so that a message that is only passed on costs little.
 */
export class SipMessage {
  /** Header names: lower case, compact forms already long ("v" is "via"). */
  readonly names: string[] = [];
  /** Header values, unfolded and trimmed; same index as `names`. */
  readonly values: string[] = [];
  body: Buffer = emptyBody;
  /** Headers that are not valid UTF-8 are read and written as latin1, so that every byte comes back as it came. */
  encoding: "utf8" | "latin1" = "utf8";
  /** The first thing found wrong while parsing; null when nothing was. */
  problem: Problem | null = null;
  #via: Via | null | undefined;
  #from: NameAddr | null | undefined;
  #to: NameAddr | null | undefined;
  #cseq: CSeq | null | undefined;

  /** First value of a header, by its long name in lower case. */
  get(name: string): string | undefined {
    const at = this.names.indexOf(name);
    return at < 0 ? undefined : this.values[at];
  }

  /** All rows of a header, as they came; a row may hold several values (see `list`). */
  rows(name: string): string[] {
    const found: string[] = [];
    for (let at = this.names.indexOf(name); at >= 0; at = this.names.indexOf(name, at + 1)) found.push(this.values[at]!);
    return found;
  }

  /** All values of a list header, rows split at their commas. */
  list(name: string): string[] {
    const rows = this.rows(name);
    return rows.length === 0 ? rows : rows.flatMap(splitList).filter((value) => value !== "");
  }

  /** Topmost Via; null when absent or malformed. */
  peekVia(): Via | null {
    if (this.#via === undefined) {
      const row = this.get("via");
      this.#via = row === undefined ? null : parseVia(firstVia(row));
    }
    return this.#via;
  }

  peekFrom(): NameAddr | null {
    return (this.#from ??= parseOr(this.get("from")));
  }

  peekTo(): NameAddr | null {
    return (this.#to ??= parseOr(this.get("to")));
  }

  peekCSeq(): CSeq | null {
    if (this.#cseq === undefined) {
      const text = this.get("cseq");
      this.#cseq = text === undefined ? null : parseCSeq(text);
    }
    return this.#cseq;
  }

  get via(): Via { return this.peekVia() ?? malformed("Via"); }
  get from(): NameAddr { return this.peekFrom() ?? malformed("From"); }
  get to(): NameAddr { return this.peekTo() ?? malformed("To"); }
  get cseq(): CSeq { return this.peekCSeq() ?? malformed("CSeq"); }
  get callId(): string { return this.get("call-id") ?? malformed("Call-ID"); }

  /** All Contact values; null when one is malformed, [] when there is none or it is "*". */
  contacts(): NameAddr[] | null {
    const rows = this.rows("contact");
    return rows.length === 1 && rows[0] === "*" ? [] : parseNameAddrs(rows, splitList);
  }

  /** Body as UTF-8 text. */
  get text(): string {
    return this.body.length === 0 ? "" : this.body.toString("utf8");
  }

  /** Media type of the body in lower case without parameters; "" when not said. */
  get contentType(): string {
    return (this.get("content-type") ?? "").split(";", 1)[0]!.trim().toLowerCase();
  }

  /** The body when it is SDP (no Content-Type counts as SDP, as some phones send it); null otherwise. */
  get sdp(): string | null {
    if (this.body.length === 0) return null;
    const type = this.contentType;
    return type === "application/sdp" || type === "" ? this.text : null;
  }
}

/** A request as it came; made by `parseMessage`. */
export class SipRequest extends SipMessage {
  readonly kind = "request";
  readonly method: string;
  /** Request-URI as it came. */
  readonly uriText: string;
  /** "SIP/2.0" */
  readonly version: string;
  #uri: SipUri | null | undefined;

  constructor(method: string, uriText: string, version: string) {
    super();
    this.method = method;
    this.uriText = uriText;
    this.version = version;
  }

  peekUri(): SipUri | null {
    if (this.#uri === undefined) this.#uri = parseUri(this.uriText);
    return this.#uri;
  }

  get uri(): SipUri { return this.peekUri() ?? malformed("Request-URI"); }
}

/** A response as it came; made by `parseMessage`, or by the stack where none came. */
export class SipResponse extends SipMessage {
  readonly kind = "response";
  readonly status: number;
  readonly reason: string;
  readonly version: string;

  constructor(status: number, reason: string, version: string) {
    super();
    this.status = status;
    this.reason = reason;
    this.version = version;
  }
}

const parseOr = (text: string | undefined): NameAddr | null => (text === undefined ? null : parseNameAddr(text));

function malformed(header: string): never {
  throw new SipSyntaxError(`${header} is missing or malformed`);
}
