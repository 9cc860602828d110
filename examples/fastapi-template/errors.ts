/** Errors that the routes may answer, each with its status and its `detail`. */
import { defineError } from 'riposte'

export const WrongLogin = defineError('WRONG_LOGIN', { status: 400, detail: 'Incorrect email or password' })
export const InactiveUser = defineError('INACTIVE_USER', { status: 400, detail: 'Inactive user' })
export const InvalidResetToken = defineError('INVALID_RESET_TOKEN', { status: 400, detail: 'Invalid token' })
export const WrongPassword = defineError('WRONG_PASSWORD', { status: 400, detail: 'Incorrect password' })
export const SamePassword = defineError('SAME_PASSWORD', { status: 400, detail: 'New password cannot be the same as the current one' })
export const EmailExists = defineError('EMAIL_EXISTS', { status: 400, detail: 'The user with this email already exists in the system' })
export const EmailTaken = defineError('EMAIL_TAKEN', { status: 409, detail: 'Another user has this email' })
export const InvalidToken = defineError('INVALID_TOKEN', { status: 403, detail: 'Could not validate credentials' })
export const NotSuperuser = defineError('NOT_SUPERUSER', { status: 403, detail: 'Only superusers may do this' })
export const NotOwner = defineError('NOT_OWNER', { status: 403, detail: 'Only the owner and superusers may do this' })
export const SuperuserStays = defineError('SUPERUSER_STAYS', { status: 403, detail: 'Superusers can not delete themselves' })
export const UserNotFound = defineError('USER_NOT_FOUND', { status: 404, detail: 'User not found' })
export const ItemNotFound = defineError('ITEM_NOT_FOUND', { status: 404, detail: 'Item not found' })
