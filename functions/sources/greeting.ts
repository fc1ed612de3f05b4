/** What a service of Google publishes once when it is connected to a topic: plain text, in which there is nothing to learn. */

/** Of a Cloud Asset feed; public handlers of such feeds test for these words. */
const GREETINGS = ['You have successfully configured real time feed']

/** Whether an input that is no JSON is such a greeting; `sample` is the beginning of its data. */
export const isGreeting = (sample: string): boolean => GREETINGS.some((greeting) => sample.startsWith(greeting))
