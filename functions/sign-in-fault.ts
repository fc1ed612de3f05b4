/** Why Google knows nobody here, and what a person does about it. */

/** https://docs.cloud.google.com/docs/authentication/provide-credentials-adc */
export const SIGN_IN = 'gcloud auth application-default login'

/** The library's words may quote a path or an address; what a person can do is the same for most of them. */
export const signInFault = (error: unknown): { readonly why: string; readonly mend: string } => {
  const text = error instanceof Error ? error.message : ''
  if (/Could not load the default credentials|NO_ADC/.test(text))
    return { why: 'There are no Google credentials here.', mend: `Sign in: ${SIGN_IN}` }
  if (/invalid_grant|invalid_rapt|reauth/.test(text))
    return { why: 'The Google sign-in here has run out.', mend: `Sign in again: ${SIGN_IN}` }
  if (/Unable to read the credential file/.test(text))
    return {
      why: 'The file that GOOGLE_APPLICATION_CREDENTIALS names cannot be read as credentials.',
      mend: `Set it to a file of credentials, or unset it and sign in: ${SIGN_IN}`,
    }
  return {
    why: 'Google gave no token for the credentials here.',
    mend: `Check the network, then sign in again: ${SIGN_IN}`,
  }
}
