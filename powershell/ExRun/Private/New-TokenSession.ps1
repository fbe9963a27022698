function New-TokenSession {
    <#
    .SYNOPSIS
        A session with an access token that the caller has.
    #>
    [CmdletBinding()]
    param([Parameter(Mandatory = $true)] [object] $AccessToken)

    $secret = Resolve-AccessToken -AccessToken $AccessToken
    try {
        return New-Session -Options @{ credential = @{ tokenSecret = $secret } }
    } finally {
        [void] (Get-Native)::exrun_secret_free($secret)
    }
}
