function Read-Token {
    <#
    .SYNOPSIS
        Headers, claims and signature of a token, in whatever form it is given. Nothing is verified.
    #>
    [CmdletBinding()]
    param([Parameter(Mandatory = $true)] [object] $Token)

    $secret = Resolve-AccessToken -AccessToken $Token -AnyText
    try {
        $decoded = Read-SecretToken -Secret $secret
    } finally {
        [void] (Get-Native)::exrun_secret_free($secret)
    }

    $signature = ([string] $decoded.signature).TrimEnd('=').Replace('-', '+').Replace('_', '/')
    $signature = $signature.PadRight($signature.Length + (4 - $signature.Length % 4) % 4, '=')
    return [pscustomobject] [ordered] @{
        headers   = $decoded.headers
        claims    = $decoded.claims
        signature = [System.Convert]::FromBase64String($signature)
    }
}
