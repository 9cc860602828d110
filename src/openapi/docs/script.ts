/** The scripts of the page, in the order in which they run. Without scripts everything can still be read. */
import { ANSWER } from './script/answer.ts'
import { AUTHORIZE } from './script/authorize.ts'
import { BROWSE } from './script/browse.ts'
import { CODE } from './script/code.ts'
import { REQUEST } from './script/request.ts'

/** In the head: a page that begins in the wrong theme would flash. Storage may be blocked. */
export const THEME_SCRIPT = `try { document.documentElement.dataset.theme = localStorage.getItem('riposte theme') ?? '' } catch {}`

export const SCRIPT = BROWSE + AUTHORIZE + REQUEST + CODE + ANSWER
