function Confirm-Token {
    <#
    .SYNOPSIS
        Makes sure that a session has a token, from the cache or from the endpoint, and notes what it says of who
        connected. Throws what stands against it.
    #>
    [CmdletBinding()]
    param([Parameter(Mandatory = $true)] [psobject] $Session)

    $reply = Invoke-NativeOperation -Function 'exrun_token_acquire' -Request @{} -Session $Session
    Update-SessionClaim -Session $Session -Reply $reply
}
