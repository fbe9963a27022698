function New-ContactSyncRequest {
    <#
    .SYNOPSIS
        What Open-Run needs for a run that compares a folder of contacts with a list, from the bound parameters of
        Sync-ExRunContact; ends the command where they do not fit together.
    #>
    [CmdletBinding()]
    [OutputType([hashtable])]
    param(
        [Parameter(Mandatory = $true)] [System.Management.Automation.PSCmdlet] $Cmdlet,
        # The command's bound parameters.
        [Parameter(Mandatory = $true)] [System.Collections.IDictionary] $Bound
    )

    Invoke-Guarded -Cmdlet $Cmdlet -Do {
        $members = @{ folder = $Bound['Folder'] }
        if ($Bound.ContainsKey('Contacts') -eq $Bound.ContainsKey('FromGroup')) {
            Stop-Attempt (New-ExRunException -Name 'InvalidArgument' -Message 'give the contacts as -Contacts, a file or objects, or as -FromGroup')
        }
        if ($Bound['FromGroup']) {
            if ($Bound['KeyProperty']) {
                Stop-Attempt (New-ExRunException -Name 'InvalidArgument' -Message '-KeyProperty does not go with -FromGroup: people are known by their ids')
            }
            if ($Bound['PhotoFolder']) {
                Stop-Attempt (New-ExRunException -Name 'InvalidArgument' -Message '-PhotoFolder does not go with -FromGroup: with -Photos contacts get the photos of the users')
            }
            $members['fromGroup'] = $Bound['FromGroup']
            if ($Bound['Photos']) { $members['photos'] = $true }
        } else {
            if ($Bound['Photos']) {
                Stop-Attempt (New-ExRunException -Name 'InvalidArgument' -Message '-Photos goes with -FromGroup alone: a list has a column Photo, or -PhotoFolder')
            }
            Add-SyncList -Cmdlet $Cmdlet -Member $members -Name 'contacts' -List $Bound['Contacts']
            if ($Bound['PhotoFolder']) {
                $members['photoFolder'] = Resolve-FilePath -Cmdlet $Cmdlet -Path $Bound['PhotoFolder']
            } elseif (Test-PhotoColumn -Row $members['contacts']) {
                # Objects lie in no file that paths could be relative to.
                $members['photoFolder'] = Resolve-FilePath -Cmdlet $Cmdlet -Path '.'
            }
        }
        if ($Bound['KeyProperty']) { $members['keyColumn'] = $Bound['KeyProperty'] }
        if ($Bound['RemoveOthers']) { $members['removeOthers'] = $true }
        if ($Bound['AllowEmpty']) { $members['allowEmpty'] = $true }
        return @{
            Function = 'exrun_contact_sync_plan'
            Members  = $members
            Activity = 'Comparing contacts'
        }
    }
}
