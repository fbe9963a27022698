function Resolve-AccessToken {
    <#
    .SYNOPSIS
        A handle of the library for an access token in any form that scripts keep one in. The caller frees it.
    .DESCRIPTION
        A plain string, a SecureString, either as it was copied (the library leaves out quotes, line breaks and what
        a header begins with), or an object or hashtable that holds one as access_token, AccessToken or Token. Throws for what is no token, such as the error object that a refused
        token request returned.
    #>
    [CmdletBinding()]
    [OutputType([long])]
    param(
        [Parameter(Mandatory = $true)] [object] $AccessToken,
        # Also accepts text that does not look like an access token.
        [switch] $AnyText
    )

    $token = $AccessToken
    if ($token -is [psobject]) { $token = $token.PSObject.BaseObject }
    if (-not ($token -is [string] -or $token -is [securestring])) {
        $token = Get-MemberValue -InputObject $AccessToken -Name 'access_token', 'AccessToken', 'Token'
        if ($null -eq $token) {
            $refusal = Get-MemberValue -InputObject $AccessToken -Name 'error_description', 'error'
            if ($null -ne $refusal) {
                Stop-Attempt (New-ExRunException -Name 'TokenRefused' -Message "what was given as the access token is the error of a refused token request: $refusal")
            }
            Stop-Attempt (New-ExRunException -Name 'TokenInvalid' -Message (
                'an object of type {0} without access_token was given as the access token; give the token as a string or SecureString, or the object that Get-AppOnlyToken returned' -f $AccessToken.GetType().FullName))
        }
        if ($token -is [psobject]) { $token = $token.PSObject.BaseObject }
    }

    if ($token -isnot [securestring]) { $token = [System.Text.Encoding]::UTF8.GetBytes([string] $token) }
    $secret = New-NativeSecret -Secret $token
    if ($AnyText) { return $secret }
    # Nothing that is no token is sent to a service: it may be a password in the wrong place.
    $reading = Invoke-Attempt { Read-SecretToken -Secret $secret }
    # Only its audience can read what is encrypted, and may be who gets it.
    if ($null -eq $reading.Failure -or $reading.Failure.Message -like '*encrypted token (JWE)*') { return $secret }
    [void] (Get-Native)::exrun_secret_free($secret)
    Stop-Attempt $reading.Failure
}
