function Resolve-AccessToken {
    <#
    .SYNOPSIS
        A handle of the library for an access token in any form that scripts keep one in. The caller frees it.
    .DESCRIPTION
        A plain string, a SecureString, either with a leading "Bearer ", or an object or hashtable that holds one as
        access_token, AccessToken or Token. Throws for what is no token, such as the error object that a refused
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
                throw (New-ExRunException -Name 'TokenRefused' -Message "what was given as the access token is the error of a refused token request: $refusal")
            }
            throw (New-ExRunException -Name 'TokenInvalid' -Message (
                'an object of type {0} without access_token was given as the access token; give the token as a string or SecureString, or the object that Get-AppOnlyToken returned' -f $AccessToken.GetType().FullName))
        }
        if ($token -is [psobject]) { $token = $token.PSObject.BaseObject }
    }

    if ($token -is [securestring]) {
        $bytes = Read-SecureString -SecureString $token
    } else {
        $bytes = [System.Text.Encoding]::UTF8.GetBytes([string] $token)
    }
    $start, $length = Find-TokenText -Bytes $bytes
    $text = [byte[]]::new($length)
    [System.Array]::Copy($bytes, $start, $text, 0, $length)
    [System.Array]::Clear($bytes, 0, $bytes.Length)
    $looksLikeToken = $length -gt 3 -and $text[0] -eq 0x65 -and $text[1] -eq 0x79 -and $text[2] -eq 0x4A
    if (-not $looksLikeToken -and -not $AnyText) {
        [System.Array]::Clear($text, 0, $length)
        throw (New-ExRunException -Name 'TokenInvalid' -Message (
            'what was given is not an access token: it does not start with "eyJ"; a token object of Exch-Rest 3.50 holds a text encrypted under a key of its own, which no other module can read: get a token with Get-EXRAppOnlyToken'))
    }
    return New-NativeSecret -Secret $text
}
