/** Status codes and their reason phrases (RFC 9110 §15 and the IANA HTTP Status Code Registry). */

const REASON_PHRASES = {
  100: 'Continue',
  101: 'Switching Protocols',
  102: 'Processing',
  103: 'Early Hints',
  200: 'OK',
  201: 'Created',
  202: 'Accepted',
  203: 'Non-Authoritative Information',
  204: 'No Content',
  205: 'Reset Content',
  206: 'Partial Content',
  207: 'Multi-Status',
  208: 'Already Reported',
  226: 'IM Used',
  300: 'Multiple Choices',
  301: 'Moved Permanently',
  302: 'Found',
  303: 'See Other',
  304: 'Not Modified',
  305: 'Use Proxy',
  307: 'Temporary Redirect',
  308: 'Permanent Redirect',
  400: 'Bad Request',
  401: 'Unauthorized',
  402: 'Payment Required',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  406: 'Not Acceptable',
  407: 'Proxy Authentication Required',
  408: 'Request Timeout',
  409: 'Conflict',
  410: 'Gone',
  411: 'Length Required',
  412: 'Precondition Failed',
  413: 'Content Too Large',
  414: 'URI Too Long',
  415: 'Unsupported Media Type',
  416: 'Range Not Satisfiable',
  417: 'Expectation Failed',
  418: "I'm a Teapot",
  421: 'Misdirected Request',
  422: 'Unprocessable Content',
  423: 'Locked',
  424: 'Failed Dependency',
  425: 'Too Early',
  426: 'Upgrade Required',
  428: 'Precondition Required',
  429: 'Too Many Requests',
  431: 'Request Header Fields Too Large',
  451: 'Unavailable For Legal Reasons',
  500: 'Internal Server Error',
  501: 'Not Implemented',
  502: 'Bad Gateway',
  503: 'Service Unavailable',
  504: 'Gateway Timeout',
  505: 'HTTP Version Not Supported',
  506: 'Variant Also Negotiates',
  507: 'Insufficient Storage',
  508: 'Loop Detected',
  510: 'Not Extended',
  511: 'Network Authentication Required',
} as const

const CLASS_PHRASES = ['Informational', 'Successful', 'Redirection', 'Client Error', 'Server Error'] as const

export type Status = keyof typeof REASON_PHRASES

type StatusOfClass<Digit extends number> = { [S in Status]: `${S}` extends `${Digit}${string}` ? S : never }[Status]

export type SuccessStatus = StatusOfClass<2>
export type RedirectStatus = StatusOfClass<3>
export type ClientErrorStatus = StatusOfClass<4>
export type ServerErrorStatus = StatusOfClass<5>

/** `Not Found`. For an unregistered status: the name of its class, because clients treat it as that (RFC 9110 §15). */
export function reasonPhrase(status: number): string {
  return REASON_PHRASES[status as Status] ?? CLASS_PHRASES[Math.floor(status / 100) - 1] ?? 'Unknown Status'
}

/** Whether the request has failed: 4xx and 5xx (RFC 9110 §15.5, §15.6). */
export function isErrorStatus(status: number): boolean {
  return status >= 400
}

/** Whether it ends the exchange: an integer from 200 to 599 (RFC 9110 §15). */
export function isFinalStatus(status: number): boolean {
  return Number.isInteger(status) && status >= 200 && status <= 599
}

/** 1xx, 204, 205 and 304 never have content (RFC 9110 §15.2, §15.3.5, §15.3.6, §15.4.5). */
export function isNullBodyStatus(status: number): boolean {
  return status === 204 || status === 304 || status === 205 || status < 200
}
