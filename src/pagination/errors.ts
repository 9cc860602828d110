/** The errors that a client of pages may get. */
import { defineError } from '../errors/define-error.ts'

/** 400 `INVALID_CURSOR`: a cursor that is not valid here. Forged, cut, of another list, of another version: a client learns no more. */
export const InvalidCursor = defineError('INVALID_CURSOR', { status: 400, detail: 'The cursor is not valid here' })

/** 404 `PAGE_NOT_FOUND`: there is no such page. A page past the end, where the shape is `strict`. */
export const PageNotFound = defineError('PAGE_NOT_FOUND', { status: 404, detail: 'There is no such page' })
