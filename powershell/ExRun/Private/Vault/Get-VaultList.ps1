function Get-VaultList {
    <#
    .SYNOPSIS
        Lists what a vault holds, or the versions of one object, for one of the vault commands.
    #>
    [CmdletBinding()]
    param(
        [Parameter(Mandatory = $true)] [System.Management.Automation.PSCmdlet] $Cmdlet,
        [Parameter(Mandatory = $true)] [string] $Collection,
        # The command's bound parameters: Vault, Name, IncludeVersions, Deleted, Connection, AccessToken, ApiVersion.
        [Parameter(Mandatory = $true)] [System.Collections.IDictionary] $Bound
    )

    $list = Invoke-Guarded -Cmdlet $Cmdlet -About $Bound['Vault'] -Do {
        $names = @($Bound['Name'] | Microsoft.PowerShell.Core\Where-Object { $_ })
        if ($Bound['IncludeVersions'] -and $names.Count -ne 1) {
            Stop-Attempt (New-ExRunException -Name 'InvalidArgument' -Message 'versions are listed of one object: give its name')
        }
        if (-not $Bound['Vault']) {
            Stop-Attempt (New-ExRunException -Name 'InvalidArgument' -Message 'which vault is to be listed? Give -Vault (a name or URL)')
        }
        $session = Open-Session -Cmdlet $Cmdlet -AccessToken $Bound['AccessToken'] -Connection $Bound['Connection'] -Cloud (Resolve-VaultCloud -Vault $Bound['Vault'])
        # What follows cannot fail before Open-VaultList, which frees the session's client where it does.
        $request = @{ vault = (Resolve-VaultUri -Vault $Bound['Vault'] -Cloud (Get-MemberValue -InputObject $session -Name 'Cloud')); collection = $Collection }
        if ($Bound['IncludeVersions']) { $request['versionsOf'] = $names[0] }
        if ($Bound['ApiVersion']) { $request['apiVersion'] = $Bound['ApiVersion'] }
        if ($Bound['Deleted']) { $request['deleted'] = $true }
        Open-VaultList -Cmdlet $Cmdlet -Session $session -Request $request
    }
    Receive-RunRow -Run $list -TimeoutMs 200 -ToEnd | ConvertTo-VaultItem
    Close-Run -Run $list
}
