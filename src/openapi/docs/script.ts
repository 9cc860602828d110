/** The scripts of the page. Without them, everything can still be read. */
import { SEND } from './script/answer.ts'
import { AUTHORIZE } from './script/authorize.ts'
import { BROWSE } from './script/browse.ts'
import { CODE } from './script/code.ts'
import { REQUEST } from './script/request.ts'

/** Runs in the head, because a page that first renders in the wrong theme would flash. Access to storage may be blocked. */
export const THEME_SCRIPT = `try { document.documentElement.dataset.theme = localStorage.getItem('riposte theme') ?? '' } catch {}`

export const SCRIPT = BROWSE + AUTHORIZE + REQUEST + CODE + SEND
