/** One route for each behaviour: FastAPI's response patterns, and a lab for what they have no route for. */
import { createApp } from '../../src/index.ts'
import * as background from './background.ts'
import * as brief from './brief.ts'
import * as byHand from './by-hand.ts'
import * as control from './control.ts'
import { addErrorHandlers } from './error-handlers.ts'
import * as errors from './errors.ts'
import * as events from './events.ts'
import * as input from './input.ts'
import * as models from './models.ts'
import { detail } from './schemas.ts'
import * as streams from './streams.ts'

export const app = createApp({ title: 'Conformance', version: '1.0.0', errorBody: detail })
addErrorHandlers(app)
app.add({ brief, control, input, models, byHand, streams, events, background, errors })
