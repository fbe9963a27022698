function New-TokenSession {
    <#
    .SYNOPSIS
        A session with an access token that the caller has.
    #>
    [CmdletBinding()]
    param(
        [Parameter(Mandatory = $true)] [object] $AccessToken,
        # Whose token it is; by default its audience says.
        [string] $Cloud
    )

    $secret = Resolve-AccessToken -AccessToken $AccessToken
    try {
        if (-not $Cloud) { $Cloud = Resolve-TokenCloud -Secret $secret }
        return New-Session -Options @{ credential = @{ tokenSecret = $secret }; cloud = $(if ($Cloud) { $Cloud }) }
    } finally {
        [void] (Get-Native)::exrun_secret_free($secret)
    }
}
