function Get-VaultItemNote {
    <#
    .SYNOPSIS
        What stands against using an object of a vault; nothing where nothing does.
    #>
    [CmdletBinding()]
    [OutputType([string])]
    param([Parameter(Mandatory = $true)] [psobject] $Item)

    $attributes = Get-MemberValue -InputObject $Item -Name 'attributes'
    if ($null -eq $attributes) { return }
    $now = [System.DateTimeOffset]::UtcNow.ToUnixTimeSeconds()
    $expires = Get-MemberValue -InputObject $attributes -Name 'exp'
    $notBefore = Get-MemberValue -InputObject $attributes -Name 'nbf'
    $text = { param($Seconds) [System.DateTimeOffset]::FromUnixTimeSeconds([long] $Seconds).UtcDateTime.ToString('s') + 'Z' }
    $id = Get-MemberValue -InputObject $Item -Name 'id'
    if ($null -ne $expires -and $expires -le $now) { return '{0} expired at {1}' -f $id, (& $text $expires) }
    if ($null -ne $notBefore -and $notBefore -gt $now) { return '{0} is not valid before {1}' -f $id, (& $text $notBefore) }
    if ((Get-MemberValue -InputObject $attributes -Name 'enabled') -eq $false) { return '{0} is disabled' -f $id }
}
