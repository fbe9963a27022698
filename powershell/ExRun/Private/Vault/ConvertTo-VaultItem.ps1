function ConvertTo-VaultItem {
    <#
    .SYNOPSIS
        What a vault's list says of an object, in the terms of PowerShell.
    #>
    [CmdletBinding()]
    [OutputType([pscustomobject])]
    param([Parameter(Mandatory = $true, ValueFromPipeline = $true)] [psobject] $Item)

    process {
        $id = [string] (Get-MemberValue -InputObject $Item -Name 'id', 'kid')
        $parts = ([uri] $id).AbsolutePath.Trim('/') -split '/'
        $attributes = Get-MemberValue -InputObject $Item -Name 'attributes'
        $time = {
            param($Holder, $Member)
            $seconds = if ($null -ne $Holder) { Get-MemberValue -InputObject $Holder -Name $Member }
            if ($null -ne $seconds) { [System.DateTimeOffset]::FromUnixTimeSeconds([long] $seconds).UtcDateTime }
        }
        $details = [ordered] @{
            Name        = $parts[1]
            Vault       = ([uri] $id).Host
            Version     = if ($parts.Count -gt 2) { $parts[2] }
            Enabled     = if ($null -ne $attributes) { Get-MemberValue -InputObject $attributes -Name 'enabled' }
            ContentType = Get-MemberValue -InputObject $Item -Name 'contentType'
            NotBefore   = & $time $attributes 'nbf'
            Expires     = & $time $attributes 'exp'
            Created     = & $time $attributes 'created'
            Updated     = & $time $attributes 'updated'
            Tags        = Get-MemberValue -InputObject $Item -Name 'tags'
            Id          = $id
        }
        $purge = & $time $Item 'scheduledPurgeDate'
        if ($null -ne $purge) {
            $details['Deleted'] = & $time $Item 'deletedDate'
            $details['Purged'] = $purge
        }
        [pscustomobject] $details
    }
}
