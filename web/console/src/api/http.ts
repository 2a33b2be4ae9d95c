/** One place that speaks HTTP: header against forged requests, language, and refusals as typed errors. */

/** An expected "no" of the server; `code` is stable, `text` is in the reader's language. */
export class ApiRefusal extends Error {
  readonly status: number
  readonly code: string
  readonly details: Record<string, unknown>

  constructor(status: number, code: string, text: string, details: Record<string, unknown>) {
    super(text)
    this.status = status
    this.code = code
    this.details = details
  }
}

const NETWORK = 'console.network'
const signedOutListeners = new Set<() => void>()
let acceptLanguage = 'zh'

export function setRequestLanguage(lang: string): void {
  acceptLanguage = lang
}

/** Tells when any request learns that the session has ended. */
export function onSignedOut(listener: () => void): () => void {
  signedOutListeners.add(listener)
  return () => signedOutListeners.delete(listener)
}

async function refusalOf(response: Response): Promise<ApiRefusal> {
  const body: unknown = await response.json().catch(() => null)
  const said = (body ?? {}) as { code?: string; text?: string; details?: Record<string, unknown> }
  return new ApiRefusal(response.status, said.code ?? `http.${response.status}`, said.text ?? '', said.details ?? {})
}

async function ask<T>(method: string, path: string, init: RequestInit, quiet401 = false): Promise<T> {
  let response: Response
  try {
    response = await fetch(path, { method, credentials: 'same-origin', ...init })
  } catch (cause) {
    if (cause instanceof DOMException && cause.name === 'AbortError') throw cause
    throw new ApiRefusal(0, NETWORK, '', {})
  }
  if (response.ok) {
    if (response.status === 204) return undefined as T
    return (await response.json().catch(() => undefined)) as T
  }
  if (response.status === 401 && !quiet401) for (const tell of signedOutListeners) tell()
  throw await refusalOf(response)
}

function headers(): Record<string, string> {
  return { Accept: 'application/json', 'Accept-Language': acceptLanguage, 'X-Walletdesk': '1' }
}

export function get<T>(path: string, signal?: AbortSignal): Promise<T> {
  return ask<T>('GET', path, { headers: headers(), signal: signal ?? null })
}

/** `quiet401`: the sign-in form itself, where a 401 is an answer and not the end of a session. */
export function post<T>(path: string, body?: unknown, quiet401 = false): Promise<T> {
  const sent = { ...headers(), 'Content-Type': 'application/json' }
  return ask<T>('POST', path, { headers: sent, body: JSON.stringify(body ?? {}) }, quiet401)
}

export function postForm<T>(path: string, form: FormData): Promise<T> {
  return ask<T>('POST', path, { headers: headers(), body: form })
}

export function isNetwork(error: unknown): boolean {
  return error instanceof ApiRefusal && error.code === NETWORK
}

export function statusOf(error: unknown): number {
  return error instanceof ApiRefusal ? error.status : -1
}
