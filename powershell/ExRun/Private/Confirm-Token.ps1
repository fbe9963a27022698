function Confirm-Token {
    <#
    .SYNOPSIS
        Makes sure that a session has a token, from the cache or from the endpoint. Throws what stands against it.
    #>
    [CmdletBinding()]
    param([Parameter(Mandatory = $true)] [psobject] $Session)

    $token = Invoke-NativeOperation -Function 'exrun_token_acquire' -Request @{} -Session $Session
    [void] (Get-Native)::exrun_secret_free([long] $token.accessTokenSecret)
}
