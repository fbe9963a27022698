function Update-Connection {
    <#
    .SYNOPSIS
        Brings what a connection says of its token up to date, from the token at hand; nobody is asked for one.
    #>
    [CmdletBinding()]
    param([Parameter(Mandatory = $true)] [psobject] $Session)

    # Where it fails, what it said last stands: a list is no place to fail.
    $reply = (Invoke-Attempt { Invoke-NativeOperation -Function 'exrun_token_acquire' -Request @{ cachedOnly = $true } -Session $Session }).Value
    if ($null -ne $reply) { Update-SessionClaim -Session $Session -Reply $reply }
}
