/** The service name of the Gemini API (https://ai.google.dev/gemini-api/docs). */
export const GEMINI_API = 'generativelanguage.googleapis.com'
