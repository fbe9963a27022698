function Get-AccessTokenNoLibraries {
    <#
    .SYNOPSIS
        Gets an app-only access token with a client secret or a certificate.
    .DESCRIPTION
        Always asks the token endpoint for a new one, and returns what it answered. When the endpoint refuses or cannot
        be reached, an error is written and nothing is returned.
    .PARAMETER Authority
        The URL of the token endpoint, such as https://login.microsoftonline.com/contoso.com/oauth2/v2.0/token; one that
        ends at the tenant, or the tenant alone.
    .PARAMETER ClientId
        The application's id.
    .PARAMETER ClientSecret
        The application's secret, as a string or SecureString.
    .PARAMETER Certificate
        A certificate with its private key. The key signs where it is and is never exported.
    .PARAMETER Scope
        What the token is for; https://graph.microsoft.com/.default by default, or Graph of the authority's cloud.
    .EXAMPLE
        $token = Get-AccessTokenNoLibraries -Authority 'https://login.microsoftonline.com/contoso.com/oauth2/v2.0/token' -ClientId $id -ClientSecret $secret
        Invoke-RestMethod https://graph.microsoft.com/v1.0/users -Headers @{ Authorization = "Bearer $($token.access_token)" }

        Gets a token and uses it.
    .EXAMPLE
        Get-AccessTokenNoLibraries contoso.com $id -Certificate (Get-Item Cert:\CurrentUser\My\0123456789ABCDEF0123456789ABCDEF01234567)

        Signs with a key of the Windows certificate store.
    .OUTPUTS
        The answer of the token endpoint: token_type, expires_in, ext_expires_in and access_token, a string.
    #>
    [CmdletBinding()]
    [OutputType([psobject])]
    param(
        [Parameter(Position = 0, Mandatory = $true)] [string] $Authority,
        [Parameter(Position = 1, Mandatory = $true)] [string] $ClientId,
        [Parameter(Position = 2)] [psobject] $ClientSecret,
        [Parameter(Position = 3)] [System.Security.Cryptography.X509Certificates.X509Certificate2] $Certificate,
        [Parameter(Position = 4)] [string] $Scope
    )

    Enter-Command -Cmdlet $PSCmdlet
    Invoke-Guarded -Cmdlet $PSCmdlet -Write -Do {
        Request-PlainToken -Authority $Authority -ClientId $ClientId -ClientSecret $ClientSecret -Certificate $Certificate -Scope $Scope
    }
}
